import {
  colorReader,
  filmFace,
  insideColors,
  lidsOf,
  lipSeam,
  toFace,
  toPicture,
  turnEye,
  type Color,
  type FilmFace,
  type Lids,
  type MouthInside,
  type Point,
} from '@soliloquy/face';
import { resizeImage, type Image } from '@soliloquy/media';
import type { Landmarks } from '@soliloquy/ports';
import { POINT_PARTS, type CanonicalPoints, type PointPart } from './canonical-points.ts';
import { carryNodes, pointWeights, type FlowReach, type PointWeights } from './point-flow.ts';

/** A picture that films show. */
export interface AppearanceScene {
  /** any size */
  readonly image: Image;
  readonly landmarks: Landmarks;
  /** film pixels */
  readonly points: CanonicalPoints;
  /** pixels of the films */
  readonly width: number;
  readonly height: number;
}

/** A number of a frame: Σ_i ⟨I(W(x_i)) − I_0(x_i), d_i⟩ / Σ_i ‖d_i‖². */
export interface Readout {
  /** f32 [n, 2] film pixels */
  readonly places: Float32Array;
  readonly weights: PointWeights;
  readonly carrier: Carrier;
  /** f32 [n, 3] I_0, 0 … 1 */
  readonly rest: Float32Array;
  /** f32 [n, 3] d over its squared length */
  readonly direction: Float32Array;
}

/** Places of a read-out, with the color there that it takes for 1. */
interface Sample extends Point {
  readonly color: Color;
}

/** Samples across and down. */
const EYE = { columns: 25, rows: 11 } as const;
const MOUTH = { columns: 25, rows: 17 } as const;
/** How far below the seam an open mouth is looked for, and its teeth; units of the face. */
const OPENING = 0.12;
const TEETH = 0.05;
/** Eyes go with the points of the head; what is below the seam with the upper lip too, the nearest of the skull. */
const CARRIERS = {
  eyes: { parts: ['head'], radius: 0.5, ridge: 0.05 },
  mouth: { parts: ['head', 'upperLip'], radius: 0.2, ridge: 0.05 },
} as const satisfies Record<string, FlowReach & { readonly parts: readonly PointPart[] }>;

/** A face that is looked at: what is known of it at rest, and the numbers that are read of it. */
export interface FaceReadouts {
  readonly face: FilmFace;
  readonly lids: Readonly<Record<'left' | 'right', Lids>>;
  readonly inside: MouthInside;
  /** u8 [height, width, 4] the picture at the films' size */
  readonly still: Uint8ClampedArray;
  /** lids left and right, mouth dark and bright */
  readonly readouts: readonly [Readout, Readout, Readout, Readout];
}

/**
 * Linear read-outs of a frame: a = ⟨I∘W − I_0, d⟩ / ‖d‖², with d = shut lid − eye inside the opening of each eye,
 * cavity − lip below the seam of the lips, teeth − lip in its upper part, and W as head and upper lip carry those
 * places: lids and lower lip are left out of W, so what they uncover is seen. Of the eyes' d only what is orthogonal to
 * the changes that a turned eye makes counts: a glance is no blink.
 *
 * @throws Fault `latent-flow.argument` where no point of the head is in the picture
 */
export async function faceReadouts(scene: AppearanceScene): Promise<FaceReadouts> {
  const { image, landmarks, points, width, height } = scene;
  const face = filmFace(landmarks, width, height);
  const read = colorReader(image, filmFace(landmarks, image.width, image.height));
  const line = lipSeam(face, read);
  const chin = Math.max(line.lowerEdge + 0.2, face.local('chin')?.v ?? 0.65);
  const inside = { line, pixels: face.unit, colors: insideColors(line, chin, read) };
  const lids = { left: lidsOf(face, read, 'left'), right: lidsOf(face, read, 'right') };
  const { data: still } = await resizeImage(image, width, height);
  const take = colorTaker(still, scene);
  const [eyes, mouth] = [carrierOf(points, CARRIERS.eyes), carrierOf(points, CARRIERS.mouth)];
  const eye = (own: Lids): Readout => {
    const samples = eyeSamples(face, own);
    const less = GLANCES.map((glance) => samples.map((place) => turned(face, own, { place, glance })));
    return readoutOf({ samples, less, carrier: eyes }, take);
  };
  const [dark, bright] = mouthSamples(face, inside).map((samples) =>
    readoutOf({ samples, less: [], carrier: mouth }, take),
  );
  return { face, lids, inside, still, readouts: [eye(lids.left), eye(lids.right), dark, bright] };
}

const GLANCES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

export interface Film {
  readonly width: number;
  readonly height: number;
}

/** Points in the picture that carry what is looked at. */
interface Carrier {
  readonly members: readonly number[];
  /** f32 [n, 2] film pixels */
  readonly rest: Float32Array;
  readonly reach: FlowReach;
}

function carrierOf(
  { parts, positions, visibility, unit }: CanonicalPoints,
  { parts: wanted, radius, ridge }: FlowReach & { readonly parts: readonly PointPart[] },
): Carrier {
  const members = [...parts.keys()].filter((q) => wanted.includes(POINT_PARTS[parts[q]]) && visibility[q] > 0);
  const rest = Float32Array.from(members.flatMap((q) => [positions[2 * q], positions[2 * q + 1]]));
  return { members, rest, reach: { radius: radius * unit, ridge } };
}

/** The opening of an eye, each place with the color of the lid that can be drawn over it. */
function eyeSamples(face: FilmFace, lids: Lids): Sample[] {
  const samples: Sample[] = [];
  for (let column = 0; column < EYE.columns; column++) {
    const t = (0.95 * (2 * column)) / (EYE.columns - 1) - 0.95;
    const arc = Math.sqrt(1 - t * t);
    const { lidColors, corner, above, below, halfWidth, u } = lids;
    const color = lidColors[Math.round(((t + 1) / 2) * (lidColors.length - 1))];
    for (let row = 0; row < EYE.rows; row++) {
      const v = corner(t) + arc * ((row + 0.5) / EYE.rows) * (above + below) - arc * above;
      samples.push({ ...toPicture(face, u + t * halfWidth, v), color });
    }
  }
  return samples;
}

/** Where what is seen at a place comes from when the eye looks aside. */
function turned(
  face: FilmFace,
  lids: Lids,
  { place, glance: [gazeX, gazeY] }: { readonly place: Point; readonly glance: readonly [number, number] },
): Point {
  const pixel = { ...toFace(face, place.x, place.y), red: 0, green: 0, blue: 0, cover: 0 };
  turnEye(lids, { blink: 0, gazeX, gazeY }, pixel);
  return toPicture(face, pixel.u, pixel.v);
}

/** What an open mouth uncovers, as cavity; and its upper part, as teeth. */
function mouthSamples(face: FilmFace, { line, colors: { cavity, tooth } }: MouthInside): [Sample[], Sample[]] {
  const below = (reach: number, depth: number, color: Color): Sample[] => {
    const samples: Sample[] = [];
    for (let column = 0; column < MOUTH.columns; column++) {
      const t = reach * ((2 * column) / (MOUTH.columns - 1) - 1);
      const u = line.centre + t * line.halfWidth;
      for (let row = 0; row < MOUTH.rows; row++) {
        const v = line.at(u) + ((row + 0.5) / MOUTH.rows) * depth * (1 - t * t) ** 0.8;
        samples.push({ ...toPicture(face, u, v), color });
      }
    }
    return samples;
  };
  return [below(0.85, OPENING, cavity), below(0.6, TEETH, tooth)];
}

/** Writes a color, 0 … 1, into `into` from `at` on. */
export type TakeColor = (place: Point, into: Float32Array | Float64Array, at: number) => void;

function readoutOf(
  {
    samples,
    less,
    carrier,
  }: {
    readonly samples: readonly Sample[];
    /** for each change that is not to count: where what is seen comes from */
    readonly less: readonly (readonly Point[])[];
    readonly carrier: Carrier;
  },
  take: TakeColor,
): Readout {
  const rest = new Float32Array(3 * samples.length);
  samples.forEach((place, i) => take(place, rest, 3 * i));
  const direction = Float64Array.from(rest, (value, i) => samples[Math.floor(i / 3)].color[i % 3] - value);
  const spanned: Float64Array[] = [];
  for (const places of less) {
    const change = new Float64Array(rest.length);
    places.forEach((place, i) => take(place, change, 3 * i));
    rest.forEach((value, i) => (change[i] -= value));
    const length = Math.sqrt(dot(change, change));
    for (const other of spanned) takeOff(change, other);
    const left = Math.sqrt(dot(change, change));
    if (!(left > 1e-3 * length)) continue;
    spanned.push(change.map((value) => value / left));
  }
  for (const other of spanned) takeOff(direction, other);
  const square = Math.max(1e-9, dot(direction, direction));
  const places = Float32Array.from(samples.flatMap(({ x, y }) => [x, y]));
  return {
    places,
    weights: pointWeights(places, carrier.rest, carrier.reach),
    carrier,
    rest,
    direction: Float32Array.from(direction, (value) => value / square),
  };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Takes off what lies along a unit vector. */
function takeOff(from: Float64Array, unit: Float64Array): void {
  const share = dot(from, unit);
  for (let i = 0; i < from.length; i++) from[i] -= share * unit[i];
}

/**
 * Where the places of a read-out are in a frame.
 *
 * @param tracks f32 [Q, 2] film pixels
 * @returns      f32 [n, 2] film pixels
 */
export function placesNow(
  { places, weights, carrier: { members, rest } }: Readout,
  tracks: Float32Array,
): Float32Array {
  const shifts = rest.map((value, i) => tracks[2 * members[i >> 1] + (i % 2)] - value);
  const now = new Float32Array(places.length);
  carryNodes(weights, shifts, now);
  return now.map((shift, i) => places[i] + shift);
}

/**
 * The number of what is seen at the places of a read-out.
 *
 * @param look writes the color at the i-th place, 0 … 1
 */
export function numberOf({ rest, direction }: Readout, look: (i: number, color: Float64Array) => void): number {
  const color = new Float64Array(3);
  let sum = 0;
  for (let i = 0; 3 * i < rest.length; i++) {
    look(i, color);
    for (let c = 0; c < 3; c++) sum += (color[c] - rest[3 * i + c]) * direction[3 * i + c];
  }
  return sum;
}

/** Colors of a picture, bilinear, border repeated. */
export function colorTaker(rgba: Uint8ClampedArray, { width, height }: Film): TakeColor {
  return ({ x, y }, into, at) => {
    const gx = Math.min(width - 1, Math.max(0, x - 0.5));
    const gy = Math.min(height - 1, Math.max(0, y - 0.5));
    const [left, top] = [Math.min(width - 2, Math.floor(gx)), Math.min(height - 2, Math.floor(gy))];
    const [u, v] = [gx - left, gy - top];
    const from = 4 * (top * width + left);
    for (let c = 0; c < 3; c++)
      into[at + c] =
        ((1 - v) * ((1 - u) * rgba[from + c] + u * rgba[from + 4 + c]) +
          v * ((1 - u) * rgba[from + 4 * width + c] + u * rgba[from + 4 * width + 4 + c])) /
        255;
  };
}
