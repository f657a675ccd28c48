import { SIDES, type Arm, type BodyLayers, type Side } from '@soliloquy/body-layers';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import { distanceToOutside } from './distance-transform.ts';
import { alongArm, limbDepths, SHOULDER } from './limb-depth.ts';
import { surfaceDepth, type DepthClues } from './surface-depth.ts';

/** Along an arm, where the upper arm passes into the forearm: the elbow. */
const FOREARM = 1;
/** Where no forearm is seen (it points at the camera), the end of the upper arm stands for it. */
const SHORT_FOREARM = 0.7;

/** A layer of the person, complete also where something is before it. */
export interface PersonLayer {
  /** u8 [H, W, 4] straight sRGB, alpha is what the layer covers by itself */
  readonly rgba: Uint8ClampedArray;
  /** f32 [H, W] 0 … 1 how much of a pixel shows this layer */
  readonly shown: Float32Array;
  /** f32 [H, W] world, along the camera's axis */
  readonly depth: Float32Array;
  /** index into REGIONS at a place, film pixels */
  readonly regionAt: (x: number, y: number) => number;
}

/** A person taken apart, from the back to the front, and which layer each pixel shows most of. */
export interface PersonLayers {
  readonly layers: readonly PersonLayer[];
  /** u8 [H, W] */
  readonly top: Uint8Array;
  /** f32 [H, W] pixels to the edge of what the pixel's layer shows */
  readonly inside: Float32Array;
}

/** What is known of the trunk, film pixels. */
export type TrunkClues = Pick<DepthClues, 'regionAt' | 'face'>;

/** The sides whose arms are layers of their own. */
export function armsApart({ layers }: BodyLayers): Side[] {
  return SIDES.filter((side) => layers.some((layer) => layer.side === side));
}

/** Depth and regions of every layer of a picture at the film's size. */
export function personLayers(body: BodyLayers, clues: TrunkClues): PersonLayers {
  const { width, height, layers } = body;
  const top = topLayers(body);
  const matte = Float32Array.from(top, (_, i) => layers.reduce((sum, { shown }) => sum + shown[i], 0));
  const edges = layers.map((_, k) =>
    distanceToOutside(
      matte.map((cover, i) => (top[i] === k ? cover : 0)),
      width,
      height,
    ),
  );
  const rgba = layers[0].image.data;
  const covered = Float32Array.from({ length: width * height }, (_, i) => rgba[4 * i + 3] / 255);
  const trunk = surfaceDepth({ ...clues, inside: distanceToOutside(covered, width, height) }, width, height);
  const depths = layers.map(() => trunk);
  for (const side of armsApart(body)) {
    const own = [...layers.keys()].filter((k) => layers[k].side === side);
    const limbs = own.map((k) => ({ part: layers[k].part, inside: edges[k] }));
    limbDepths({ ...body, trunk: { depth: trunk, rgba } }, body.arms[side]!, limbs).forEach((depth, j) => {
      depths[own[j]] = depth;
    });
  }
  return {
    layers: layers.map(({ image, shown, side, part }, k) => ({
      rgba: image.data,
      shown,
      depth: depths[k],
      regionAt: side ? regionOfArm(body, part, body.arms[side]!) : clues.regionAt,
    })),
    top,
    inside: Float32Array.from(top, (k, i) => edges[k][i]),
  };
}

/** A pixel that shows less of every layer than this is nobody's. */
const NOBODYS = 0.05;
/** Pixels beside a limb that may be its soft edge. */
const SOFT_EDGE = 8;

/**
 * u8 [H, W] the layer that a pixel shows most of. What is left beside a limb, where no layer goes on by itself, is the
 * limb's soft edge: on the trunk it would stay behind when the limb moves.
 */
function topLayers({ layers, width, height }: BodyLayers): Uint8Array {
  const left: number[] = [];
  const top = Uint8Array.from({ length: width * height }, (_, i) => {
    let [most, best] = [0, 0];
    layers.forEach(({ shown, image }, k) => {
      const own = Math.min(shown[i], image.data[4 * i + 3] / 255);
      if (own > best) [most, best] = [k, own];
    });
    if (best < NOBODYS && layers[0].shown[i] > NOBODYS) left.push(i);
    return most;
  });
  let open = left;
  for (let round = 0; round < SOFT_EDGE && open.length > 0; round++) {
    const beside = open.map((i) =>
      Math.max(top[i - 1] ?? 0, top[i + 1] ?? 0, top[i - width] ?? 0, top[i + width] ?? 0),
    );
    open.forEach((i, j) => (top[i] = beside[j]));
    open = open.filter((_, j) => beside[j] === 0);
  }
  return top;
}

function regionOfArm(
  { layers }: BodyLayers,
  part: BodyLayers['layers'][number]['part'],
  arm: Arm,
): (x: number, y: number) => number {
  const { side } = arm;
  const whole = layers.some((layer) => layer.side === side && layer.part === 'forearm');
  const [shoulder, upper, fore, hand] = (['Shoulder', 'UpperArm', 'Forearm', 'Hand'] as const).map((name) =>
    regionIndex(`${side}${name}`),
  );
  return (x, y) => {
    if (part === 'hand') return hand;
    const u = alongArm(arm, part, x, y);
    if (u < SHOULDER) return shoulder;
    return u < (whole ? FOREARM : SHORT_FOREARM) ? upper : fore;
  };
}
