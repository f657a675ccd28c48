import { mirrorRows } from './mirror-rows.ts';
import type { Networks } from './networks.ts';
import type { Picture } from './picture.ts';
import { BODY_POINTS, type BodyPoint } from './point.ts';
import { distance, placeOf, squareAt, toPicture, turnedSo, type Place, type Region } from './region.ts';
import { sigmoid } from './sigmoid.ts';

/** What looks at a body: `heavy` is the surest and gives a mask, `full` takes a third of its time. */
export type BodyNetwork = 'heavy' | 'full';

/** A body in a picture. */
export interface Body {
  /** How sure it is that there is one, 0 … 1. */
  readonly presence: number;
  /** By `BODY_POINTS`; confidence says whether a joint is seen. */
  readonly points: readonly BodyPoint[];
  /** f32 [33, 3] metres from the middle of the hips, +x right, +y down, +z away from the camera */
  readonly world: Float32Array;
  readonly region: Region;
  /** Where it is looked at next: middle of the hips, and a point on the circle around the body. */
  readonly circle: readonly [hips: Place, edge: Place];
  /** Coverage of the person over the region, f32 [256, 256] 0 … 1; `heavy` alone has it. */
  readonly mask: Float32Array | undefined;
}

const SIZE = 256;
/** Points that the network gives beyond the joints: 33 and 34 are the circle. */
const ALL_POINTS = 39;
const HIPS = 33;
const EDGE = 34;
/** pixels of the heat map, and how far from a point it is read */
const HEAT = 64;
const REACH = 3;

/** The region in which a body is looked at: a square around its circle, the body upright. */
export function bodyRegion([hips, edge]: Body['circle']): Region {
  return squareAt(hips, 2.5 * distance(hips, edge), turnedSo(hips, edge, 'up'));
}

/** Index of each joint of the mirrored body. */
const MIRRORED = BODY_POINTS.map((name) => {
  const other = name.startsWith('left')
    ? name.replace('left', 'right')
    : name.endsWith('Left')
      ? name.replace('Left', 'Right')
      : name.replace('right', 'left').replace('Right', 'Left');
  return BODY_POINTS.findIndex((candidate) => candidate === other);
});

/**
 * The joints of the body in a region.
 *
 * @param mirrored look at it mirrored; the result is turned back
 */
export async function findBody(
  networks: Networks,
  picture: Picture,
  { region, network, mirrored = false }: { region: Region; network: BodyNetwork; mirrored?: boolean },
): Promise<Body> {
  const crop = picture.crop(region, { size: SIZE, range: [0, 1], border: 'edge', mirrored });
  const outputs = await networks.run(`pose-landmarks-${network}`, crop);
  const raw = Array.from({ length: ALL_POINTS }, (_, k) => refined(outputs.Identity, outputs.Identity_3, k));
  const sided = mirrored ? raw.map((_, k) => flipped(raw[MIRRORED[k] ?? k])) : raw;
  const points = sided.map(({ u, v, z, confidence }): BodyPoint => {
    const [x, y] = toPicture(region, u, v);
    return { x, y, z: z * region.width, confidence };
  });
  const mask = outputs.Identity_2?.map(sigmoid);
  return {
    presence: outputs.Identity_1[0],
    points: points.slice(0, BODY_POINTS.length),
    world: worldOf(outputs.Identity_4, mirrored),
    region,
    circle: [placeOf(points[HIPS]), placeOf(points[EDGE])],
    mask: mask && mirrored ? mirrorRows(mask, SIZE) : mask,
  };
}

interface RawPoint {
  readonly u: number;
  readonly v: number;
  readonly z: number;
  readonly confidence: number;
}

function flipped(point: RawPoint): RawPoint {
  return { ...point, u: 1 - point.u };
}

/**
 * A point of the crop, 0 … 1. Where the heat map around it has a peak it is the mean place of the heat there: pixels
 * of a quarter of the crop's, weighed.
 */
function refined(values: Float32Array, heat: Float32Array, k: number): RawPoint {
  const [x, y, z, visibility] = values.subarray(5 * k, 5 * k + 4);
  const point = { u: x / SIZE, v: y / SIZE, z: z / SIZE, confidence: sigmoid(visibility) };
  const column = Math.floor(point.u * HEAT);
  const row = Math.floor(point.v * HEAT);
  if (column < 0 || row < 0 || column >= HEAT || row >= HEAT) return point;
  let [total, across, along, peak] = [0, 0, 0, 0];
  for (let j = Math.max(0, row - REACH); j <= Math.min(HEAT - 1, row + REACH); j++)
    for (let i = Math.max(0, column - REACH); i <= Math.min(HEAT - 1, column + REACH); i++) {
      const value = sigmoid(heat[(j * HEAT + i) * ALL_POINTS + k]);
      total += value;
      across += value * i;
      along += value * j;
      peak = Math.max(peak, value);
    }
  return peak < 0.5 ? point : { ...point, u: across / total / HEAT, v: along / total / HEAT };
}

function worldOf(values: Float32Array, mirrored: boolean): Float32Array {
  const world = values.slice(0, 3 * BODY_POINTS.length);
  if (!mirrored) return world;
  MIRRORED.forEach((other, k) => {
    world[3 * k] = -values[3 * other];
    world[3 * k + 1] = values[3 * other + 1];
    world[3 * k + 2] = values[3 * other + 2];
  });
  return world;
}
