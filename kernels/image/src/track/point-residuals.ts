import { applyAffine, type Affine } from './affine.ts';
import { grayAt, type GrayImage, type ImagePyramid } from './image-pyramid.ts';
import { medianOf } from './piece-motion.ts';
import { solveSymmetric } from './solve-symmetric.ts';

/** Points that move about with a piece, each a little way of its own. */
export interface TrackerGroup {
  /** index of the piece that carries them */
  readonly piece: number;
  /** f32 [n, 2] pixels of the reference, pixel centres at .5 */
  readonly points: Float32Array;
  /** half the side of the window that a point is known by, pixels */
  readonly radius: number;
  /** pixels that a point goes beyond its piece at most */
  readonly limit: number;
  /** how much a point's own way is tied to what its neighbours do, beside what a usual window of the group shows */
  readonly tie: number;
  /** the same to none at all */
  readonly hold: number;
}

/** The window of each point at one level. */
export interface Windows {
  readonly level: number;
  /** pixels of the reference from the point, f64 [W] */
  readonly offsetsX: Float64Array;
  readonly offsetsY: Float64Array;
  /** f64 [n, W] gray and its derivatives by pixels of the reference */
  readonly gray: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  /** mean squared derivative of the group's median window: the unit of `tie` and `hold` */
  readonly texture: number;
}

/** Gray levels a pixel that a texture is taken to have at least. */
const LEAST_TEXTURE = 0.5;
/** Differences count less beyond so many times their mean, and beyond this in gray levels. */
const SPREAD = { times: 1.5, least: 2, most: 12 } as const;
const ROUNDS = 6;
const MOST_BEND = 0.3;
const NEIGHBOURS = 5;
/** Of the shares of neighbours: more of it, and all count alike. */
const EVENNESS = 0.15;

export function windowsOf(image: GrayImage, level: number, { points, radius }: TrackerGroup): Windows {
  const scale = 2 ** level;
  const side = 2 * radius + 1;
  const size = side * side;
  const offset = (i: number): number => (i - radius) * scale;
  const offsetsX = Float64Array.from({ length: size }, (_, i) => offset(i % side));
  const offsetsY = Float64Array.from({ length: size }, (_, i) => offset(Math.floor(i / side)));
  const count = points.length / 2;
  const [gray, dx, dy] = [0, 1, 2].map(() => new Float64Array(count * size));
  const textures = new Float64Array(count);
  for (let p = 0; p < count; p++)
    for (let k = 0; k < size; k++) {
      const at = p * size + k;
      const [x, y] = [(points[2 * p] + offsetsX[k]) / scale, (points[2 * p + 1] + offsetsY[k]) / scale];
      gray[at] = grayAt(image, x, y);
      dx[at] = (grayAt(image, x + 0.5, y) - grayAt(image, x - 0.5, y)) / scale;
      dy[at] = (grayAt(image, x, y + 0.5) - grayAt(image, x, y - 0.5)) / scale;
      textures[p] += (dx[at] ** 2 + dy[at] ** 2) / (2 * size);
    }
  return { level, offsetsX, offsetsY, gray, dx, dy, texture: Math.max(LEAST_TEXTURE / scale ** 2, medianOf(textures)) };
}

/** Points that a point is tied to, and how much it goes with each: shares that add up to 1. */
export interface Ties {
  readonly neighbours: Int32Array;
  readonly shares: Float64Array;
  /** f64 [n, 2] 1/pixels: Σ (r_q − r_p) slopeᵀ is how ways change with the place */
  readonly slopes: Float64Array;
}

/**
 * The nearest points of the same group, with the shares that continue what they do linearly to the point's place:
 * Σ w = 1, Σ w (x_q − x_p) ≈ 0 and |w|² small. So a field of ways that is linear is not pulled at by its ties.
 */
export function tiesOf({ points }: Pick<TrackerGroup, 'points'>): Ties[] {
  const count = points.length / 2;
  const way = (p: number, q: number): [number, number] => [
    points[2 * q] - points[2 * p],
    points[2 * q + 1] - points[2 * p + 1],
  ];
  const far = (p: number, q: number): number => Math.hypot(...way(p, q));
  return Array.from({ length: count }, (_, p): Ties => {
    const others = [...Array(count).keys()].filter((q) => q !== p);
    const near = others.sort((a, b) => far(p, a) - far(p, b)).slice(0, NEIGHBOURS);
    const n = near.length;
    const scale = near.reduce((sum, q) => sum + far(p, q) / n, 0) ** 2 || 1;
    const ways = near.map((q) => way(p, q));
    const matrix = Float64Array.from({ length: n * n }, (_, i) => {
      const [a, b] = [ways[Math.floor(i / n)], ways[i % n]];
      return (a[0] * b[0] + a[1] * b[1]) / scale + (Math.floor(i / n) === i % n ? EVENNESS : 0);
    });
    const shares = solveSymmetric(matrix, new Float64Array(n).fill(1), n) ?? new Float64Array(n);
    const sum = shares.reduce((total, share) => total + share, 0) || 1;
    return {
      neighbours: Int32Array.from(near),
      shares: shares.map((share) => share / sum),
      slopes: slopesOf(ways, EVENNESS * n * scale),
    };
  });
}

/** (Σ d dᵀ + ε 1)⁻¹ d of each way d: the least squares of a gradient, none across a line of points. */
function slopesOf(ways: readonly (readonly [number, number])[], epsilon: number): Float64Array {
  let [xx, xy, yy] = [epsilon, 0, epsilon];
  for (const [x, y] of ways) [xx, xy, yy] = [xx + x * x, xy + x * y, yy + y * y];
  const det = xx * yy - xy * xy;
  return Float64Array.from(ways.flatMap(([x, y]) => [(yy * x - xy * y) / det, (xx * y - xy * x) / det]));
}

/** How a point's own way changes with the place, [dx/dx, dx/dy, dy/dx, dy/dy]; so its window is bent. */
function bendOf({ neighbours, slopes }: Ties, own: Float64Array, point: number): [number, number, number, number] {
  const bend: [number, number, number, number] = [0, 0, 0, 0];
  neighbours.forEach((q, i) => {
    const [x, y] = [own[2 * q] - own[2 * point], own[2 * q + 1] - own[2 * point + 1]];
    bend[0] += x * slopes[2 * i];
    bend[1] += x * slopes[2 * i + 1];
    bend[2] += y * slopes[2 * i];
    bend[3] += y * slopes[2 * i + 1];
  });
  return bend.map((value) => clamp(value, MOST_BEND)) as [number, number, number, number];
}

/** What a point's neighbours say that it does. */
export function tiedWay({ neighbours, shares }: Ties, own: Float64Array): [number, number] {
  let [x, y] = [0, 0];
  neighbours.forEach((q, i) => ([x, y] = [x + shares[i] * own[2 * q], y + shares[i] * own[2 * q + 1]]));
  return [x, y];
}

/**
 * Each point's own way beyond its piece, by Lucas-Kanade on its window:
 * Σ w (F(A (p + o) + r + G o) − T(p + o))² + n g (tie |r − r̄|² + hold |r|²), r̄ what its neighbours do, continued to
 * it, G how their ways change there, g the group's usual texture, n the window's pixels. So where there is nothing to
 * see a point goes with its neighbours.
 *
 * @param own f64 [n, 2] pixels, read as the first guess and written
 */
export function followPoints(
  group: TrackerGroup,
  windows: Windows,
  { frame, motion, ties }: { frame: ImagePyramid; motion: Affine; ties: readonly Ties[] },
  own: Float64Array,
): void {
  const size = windows.offsetsX.length;
  const [tie, hold] = [group.tie * size * windows.texture, group.hold * size * windows.texture];
  const errors = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round++)
    for (let p = 0; p < ties.length; p++) {
      const { xx, xy, yy, bx, by } = normalEquations(group, windows, {
        frame,
        motion,
        own,
        point: p,
        ties: ties[p],
        errors,
      });
      const [mx, my] = tiedWay(ties[p], own);
      const tied = ties[p].neighbours.length > 0 ? tie : 0;
      const [hxx, hyy] = [xx + tied + hold, yy + tied + hold];
      const gx = bx + tied * (mx - own[2 * p]) - hold * own[2 * p];
      const gy = by + tied * (my - own[2 * p + 1]) - hold * own[2 * p + 1];
      const det = hxx * hyy - xy * xy;
      if (!(det > 0)) continue;
      const x = own[2 * p] + clamp((hyy * gx - xy * gy) / det, 2);
      const y = own[2 * p + 1] + clamp((hxx * gy - xy * gx) / det, 2);
      const over = Math.max(1, Math.hypot(x, y) / group.limit);
      [own[2 * p], own[2 * p + 1]] = [x / over, y / over];
    }
}

interface At {
  readonly frame: ImagePyramid;
  readonly motion: Affine;
  readonly own: Float64Array;
  readonly point: number;
  readonly ties: Ties;
  /** f64 [W] scratch */
  readonly errors: Float64Array;
}

function normalEquations({ points }: TrackerGroup, windows: Windows, { frame, motion, own, point, ties, errors }: At) {
  const { offsetsX, offsetsY, gray, dx, dy, level } = windows;
  const size = offsetsX.length;
  const scale = 2 ** level;
  const image = frame[level].luma;
  const { a, b, c, d } = motion;
  const det = a * d - b * c;
  const [px, py] = applyAffine(motion, points[2 * point], points[2 * point + 1]);
  const [x0, y0] = [px + own[2 * point], py + own[2 * point + 1]];
  const [sxx, sxy, syx, syy] = bendOf(ties, own, point);
  let sum = 0;
  for (let k = 0; k < size; k++) {
    const [u, v] = [offsetsX[k], offsetsY[k]];
    const [ox, oy] = [(a + sxx) * u + (b + sxy) * v, (c + syx) * u + (d + syy) * v];
    errors[k] = grayAt(image, (x0 + ox) / scale, (y0 + oy) / scale) - gray[point * size + k];
    sum += Math.abs(errors[k]);
  }
  const spread = Math.min(SPREAD.most, Math.max(SPREAD.least, (SPREAD.times * sum) / size));
  let [xx, xy, yy, bx, by, trust] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < size; k++) {
    const at = point * size + k;
    const error = errors[k];
    const weight = 1 / (1 + (error / spread) ** 2);
    trust += weight / size;
    const [gx, gy] = [(d * dx[at] - c * dy[at]) / det, (a * dy[at] - b * dx[at]) / det];
    xx += weight * gx * gx;
    xy += weight * gx * gy;
    yy += weight * gy * gy;
    bx -= weight * gx * error;
    by -= weight * gy * error;
  }
  // A window that does not fit at all leaves its point to the neighbours.
  return { xx: trust * xx, xy: trust * xy, yy: trust * yy, bx: trust * bx, by: trust * by };
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
