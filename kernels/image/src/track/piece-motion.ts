import type { Affine } from './affine.ts';
import { grayAt, type GrayImage, type ImagePyramid, type TrackedImage } from './image-pyramid.ts';
import { solveSymmetric } from './solve-symmetric.ts';

/** What a piece of a person is known by at one level of the pyramid: pixels of the reference with their gradients. */
export interface PieceTemplate {
  /** level of the pyramid */
  readonly level: number;
  /** 2 S: luma of each sample, then the chroma of each */
  readonly count: number;
  /** f64 [2 S] places, pixels of the reference */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  /** f64 [2 S] values and their derivatives by pixels of the reference */
  readonly gray: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

/**
 * `similarity`: turned, moved and scaled alike in all directions; `shift`: as its carrier is, and beside it. For what
 * is small or smooth: more would be read from it than it tells.
 */
export type PieceMoves = 'affine' | 'similarity' | 'shift';

const FREEDOMS: Readonly<Record<PieceMoves, readonly (readonly number[])[]>> = {
  affine: Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => Number(i === j))),
  similarity: [
    [1, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 0, 0],
    [0, 1, 0, 0, 0, 1],
    [0, 0, -1, 0, 1, 0],
  ],
  shift: [
    [1, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 0, 0],
  ],
};

/** Rounds of Gauss-Newton at each level. */
const ROUNDS = 8;
/** Gray levels below which a difference is none. */
const LEAST_SPREAD = 1.5;
/** Of the Hessian's diagonal: what keeps stretches that no pixel shows where they were. */
const DAMPING = 2e-3;

/**
 * @param pixels f32 [n, 2] all that the piece covers, pixels of the reference
 * @param most   how many are kept: of each cell of a grid over them the one with the steepest gray
 */
export function pieceTemplate(
  reference: ImagePyramid,
  level: number,
  { pixels, most }: { readonly pixels: Float32Array; readonly most: number },
): PieceTemplate {
  const image = reference[level];
  const scale = 2 ** level;
  const samples = steepest(image, scale, { pixels, most });
  const own = samples.length / 2;
  const count = 2 * own;
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  const [gray, dx, dy] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    [xs[i], ys[i]] = [samples[2 * (i % own)], samples[2 * (i % own) + 1]];
    const [x, y] = [xs[i] / scale, ys[i] / scale];
    const plane = i < own ? image.luma : image.chroma;
    gray[i] = grayAt(plane, x, y);
    [dx[i], dy[i]] = slopeAt(plane, x, y).map((slope) => slope / scale);
  }
  return { level, count, xs, ys, gray, dx, dy };
}

function slopeAt(image: GrayImage, x: number, y: number): [number, number] {
  return [grayAt(image, x + 0.5, y) - grayAt(image, x - 0.5, y), grayAt(image, x, y + 0.5) - grayAt(image, x, y - 0.5)];
}

function steepest(
  { luma, chroma }: TrackedImage,
  scale: number,
  { pixels, most }: { readonly pixels: Float32Array; readonly most: number },
): Float32Array {
  const cell = Math.max(scale, Math.sqrt(pixels.length / 2 / most));
  const best = new Map<string, { readonly at: number; readonly slope: number }>();
  for (let at = 0; at < pixels.length; at += 2) {
    const [x, y] = [pixels[at] / scale, pixels[at + 1] / scale];
    const slope = Math.hypot(...slopeAt(luma, x, y), ...slopeAt(chroma, x, y));
    const key = `${Math.floor(pixels[at] / cell)} ${Math.floor(pixels[at + 1] / cell)}`;
    if (slope > (best.get(key)?.slope ?? -1)) best.set(key, { at, slope });
  }
  return Float32Array.from([...best.values()].flatMap(({ at }) => [pixels[at], pixels[at + 1]]));
}

/** The nearest similarity that takes the template's middle to the same place. */
export function nearestSimilarity({ xs, ys }: PieceTemplate, { a, b, c, d, e, f }: Affine): Affine {
  const [x, y] = [mean(xs), mean(ys)];
  const [s, r] = [(a + d) / 2, (c - b) / 2];
  return { a: s, b: -r, c: r, d: s, e: a * x + b * y + e - s * x + r * y, f: c * x + d * y + f - r * x - s * y };
}

/** How badly a motion explains a frame: medians of |difference| of luma and chroma, gray levels. */
export function costOf(template: PieceTemplate, frame: ImagePyramid, motion: Affine): number {
  const errors = errorsOf(template, frame, motion).map(Math.abs);
  const own = errors.length / 2;
  return medianOf(errors.subarray(0, own)) + medianOf(errors.subarray(own));
}

/**
 * Robust affine registration of a template (Lucas & Kanade 1981; Baker & Matthews 2004): Gauss-Newton on
 * Σ ρ(F(A x) − T(x)) over luma and chroma, ρ Cauchy's with a scale from the median. The frame's gradient is the
 * template's turned by the motion, ∇F = A⁻ᵀ ∇T, so what covers a piece does not lead it astray. With too few pixels the
 * motion stays what it was.
 */
export function matchPiece(
  template: PieceTemplate,
  frame: ImagePyramid,
  { start, moves }: { readonly start: Affine; readonly moves: PieceMoves },
): Affine {
  const { count, xs, ys } = template;
  const middle = { x: mean(xs), y: mean(ys) };
  const size = Math.max(1, Math.sqrt(mean(xs.map((x, i) => (x - middle.x) ** 2 + (ys[i] - middle.y) ** 2))));
  let motion = start;
  if (count < 24) return motion;
  for (let round = 0; round < ROUNDS; round++) {
    const step = stepOf(template, { frame, motion, middle, size, moves });
    if (!step) break;
    motion = moved(motion, step, { middle, size });
    if (Math.abs(step[0]) + Math.abs(step[3]) < 0.01 && Math.abs(step[1]) + Math.abs(step[5]) < 0.01) break;
  }
  return motion;
}

interface Step {
  readonly frame: ImagePyramid;
  readonly motion: Affine;
  readonly middle: { readonly x: number; readonly y: number };
  readonly size: number;
  readonly moves: PieceMoves;
}

/** Changes of place in x (1, along u, along v) and in y; u and v are the place over the piece's size. */
function stepOf(template: PieceTemplate, { frame, motion, middle, size, moves }: Step): Float64Array | undefined {
  const { count, xs, ys, dx, dy } = template;
  const { a, b, c, d } = motion;
  const det = a * d - b * c;
  if (!(det > 0.05)) return undefined;
  const errors = errorsOf(template, frame, motion);
  const spread = Math.max(LEAST_SPREAD, 2 * medianOf(errors.map(Math.abs)));
  const [hessian, right] = [new Float64Array(36), new Float64Array(6)];
  const row = new Float64Array(6);
  for (let i = 0; i < count; i++) {
    const error = errors[i];
    const weight = 1 / (1 + (error / spread) ** 2);
    const [gx, gy] = [(d * dx[i] - c * dy[i]) / det, (a * dy[i] - b * dx[i]) / det];
    const [u, v] = [(xs[i] - middle.x) / size, (ys[i] - middle.y) / size];
    row[0] = gx;
    row[1] = gx * u;
    row[2] = gx * v;
    row[3] = gy;
    row[4] = gy * u;
    row[5] = gy * v;
    for (let p = 0; p < 6; p++) {
      right[p] -= weight * row[p] * error;
      for (let q = 0; q <= p; q++) hessian[p * 6 + q] += weight * row[p] * row[q];
    }
  }
  let energy = 0;
  for (let p = 0; p < 6; p++) energy += hessian[p * 6 + p] / 6;
  if (!(energy > 1e-6)) return undefined;
  for (let p = 0; p < 6; p++) {
    hessian[p * 6 + p] += DAMPING * energy;
    for (let q = 0; q < p; q++) hessian[q * 6 + p] = hessian[p * 6 + q];
  }
  return solveWithin(FREEDOMS[moves], hessian, right);
}

/** Steps along these of the six alone. */
function solveWithin(
  directions: readonly (readonly number[])[],
  hessian: Float64Array,
  right: Float64Array,
): Float64Array | undefined {
  const n = directions.length;
  const reduced = new Float64Array(n * n);
  for (let p = 0; p < 6; p++)
    for (let q = 0; q < 6; q++)
      directions.forEach((a, i) =>
        directions.forEach((b, j) => (reduced[i * n + j] += a[p] * b[q] * hessian[p * 6 + q])),
      );
  const against = Float64Array.from(directions, (direction) =>
    direction.reduce((sum, value, p) => sum + value * right[p], 0),
  );
  const shares = solveSymmetric(reduced, against, n);
  return (
    shares &&
    Float64Array.from({ length: 6 }, (_, p) =>
      directions.reduce((sum, direction, i) => sum + shares[i] * direction[p], 0),
    )
  );
}

/** No step goes further than a quarter of a piece. */
function moved(motion: Affine, step: Float64Array, { middle, size }: Pick<Step, 'middle' | 'size'>): Affine {
  const far = Math.max(...step.map(Math.abs));
  const share = Math.min(1, (0.25 * size) / Math.max(1e-9, far));
  const s = Array.from(step, (value) => share * value);
  return {
    a: motion.a + s[1] / size,
    b: motion.b + s[2] / size,
    c: motion.c + s[4] / size,
    d: motion.d + s[5] / size,
    e: motion.e + s[0] - (s[1] * middle.x + s[2] * middle.y) / size,
    f: motion.f + s[3] - (s[4] * middle.x + s[5] * middle.y) / size,
  };
}

function errorsOf({ level, count, xs, ys, gray }: PieceTemplate, frame: ImagePyramid, motion: Affine): Float64Array {
  const { luma, chroma } = frame[level];
  const scale = 2 ** level;
  const { a, b, c, d, e, f } = motion;
  const errors = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [x, y] = [a * xs[i] + b * ys[i] + e, c * xs[i] + d * ys[i] + f];
    errors[i] = grayAt(2 * i < count ? luma : chroma, x / scale, y / scale) - gray[i];
  }
  return errors;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** The upper one of two. */
export function medianOf(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? 0;
}
