import type { Camera, Gaussians } from '@soliloquy/ports';
import { PERSON_DISTANCE } from './surface-depth.ts';

/** Gaussians of a file, in whatever frame it has. */
export type Splats = Pick<Gaussians, 'means' | 'quats' | 'logScales' | 'opacityLogits' | 'colors'>;

/** What they are to look like. */
export interface Shown {
  readonly width: number;
  readonly height: number;
  /** f32 [H, W, 3] 0 … 1 */
  readonly color: Float32Array;
  /** f32 [H, W] 0 … 1 */
  readonly matte: Float32Array;
}

/** Unit quaternion wxyz, scale and shift (world) that bring a file's frame to the camera's. */
export interface Placement {
  readonly turn: readonly [number, number, number, number];
  readonly scale: number;
  readonly shift: readonly [number, number, number];
  /** 0 … 1, how well the picture is shown: 0 is all. */
  readonly error: number;
}

type Vector = [number, number, number];
type Quaternion = [number, number, number, number];

/** Points that are tried, at most. */
const TRIED = 6000;
/** Fainter Gaussians are no surface. Logit of 0.3. */
const FAINT = -0.85;
/** Sides of the grid on which a placement is compared, cells of the picture's height. */
const CELLS = 72;
/** Sizes of the person that are tried: from as high as the matte to so many times, where the picture cuts it off. */
const [SIZES, LARGEST] = [28, 4];
/** Share of the height that is the head, by which left and right are laid over each other. */
const HEAD = 0.12;

/**
 * Finds how Gaussians of another program are to be turned, scaled and moved so that they show the picture: of the 24
 * turns by right angles (which way is up and which is front differs from program to program) and of sizes the one whose
 * foremost points agree best with matte and colours. The top of the head is laid over the matte's.
 */
export function findPlacement(splats: Splats, shown: Shown): Placement {
  const points = surfacePoints(splats);
  const view = grid(shown);
  let best: Placement | undefined;
  for (const turn of rightAngles()) {
    const turned = points.map(({ at, color }) => ({ at: rotate(turn, at), color }));
    for (const placement of placementsOf(turned, shown)) {
      const error = errorOf(turned, placement, view);
      if (best === undefined || error < best.error) best = { turn, ...placement, error };
    }
  }
  return best as Placement;
}

/** The Gaussians in the camera's frame. Harmonics are not kept: motion would have to turn them. */
export function placed(splats: Splats, { turn, scale, shift }: Placement): Splats {
  const means = new Float32Array(splats.means.length);
  const quats = new Float32Array(splats.quats.length);
  for (let n = 0; n < means.length / 3; n++) {
    const at = rotate(turn, vectorAt(splats.means, n));
    for (let c = 0; c < 3; c++) means[3 * n + c] = scale * at[c] + shift[c];
    quats.set(product(turn, [...splats.quats.subarray(4 * n, 4 * n + 4)] as Quaternion), 4 * n);
  }
  return { ...splats, means, quats, logScales: splats.logScales.map((value) => value + Math.log(scale)) };
}

/** Pixel of the camera at which a point is. */
export function pixelOf({ fx, fy, cx, cy }: Camera, [x, y, z]: Readonly<Vector>): [x: number, y: number] {
  return [cx + (fx * x) / z, cy + (fy * y) / z];
}

interface Point {
  readonly at: Vector;
  readonly color: Vector;
}

function surfacePoints({ means, opacityLogits, colors }: Splats): Point[] {
  const seen = Array.from(opacityLogits.keys()).filter((n) => opacityLogits[n] > FAINT);
  const among = seen.length > 0 ? seen : Array.from(opacityLogits.keys());
  const step = Math.max(1, among.length / TRIED);
  return Array.from({ length: Math.floor(among.length / step) }, (_, i) => {
    const n = among[Math.floor(i * step)];
    return { at: vectorAt(means, n), color: vectorAt(colors, n) };
  });
}

/** Sizes and shifts with the top of the head over the matte's. */
function placementsOf(points: readonly Point[], shown: Shown): Omit<Placement, 'turn' | 'error'>[] {
  const { width, height, matte } = shown;
  const rows = rowsOf(matte, width, height);
  const heights = points.map(({ at }) => at[1]).sort((a, b) => a - b);
  const [top, bottom] = [quantile(heights, 0.002), quantile(heights, 0.998)];
  const head = points.filter(({ at }) => at[1] < top + HEAD * (bottom - top)).map(({ at }) => at[0]);
  const middle = quantile(
    head.sort((a, b) => a - b),
    0.5,
  );
  const depth = quantile(
    points.map(({ at }) => at[2]).sort((a, b) => a - b),
    0.5,
  );
  const unit = 2 / height;
  return Array.from({ length: SIZES }, (_, i) => {
    const scale = (((rows.bottom - rows.top) * unit) / Math.max(1e-9, bottom - top)) * LARGEST ** (i / (SIZES - 1));
    const tall = ((bottom - top) * scale) / unit;
    const x = middleOf(matte, width, rows.top, Math.min(height, rows.top + HEAD * tall));
    const shift: Vector = [
      (x - width / 2) * unit - scale * middle,
      (rows.top - height / 2) * unit - scale * top,
      PERSON_DISTANCE - scale * depth,
    ];
    return { scale, shift };
  });
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
  /** f32 [rows, columns, 4]: mean colour inside the matte, and how much of the cell that is */
  readonly values: Float32Array;
  readonly shown: Shown;
}

function grid(shown: Shown): Grid {
  const { width, height, color, matte } = shown;
  const cell = height / CELLS;
  const columns = Math.max(1, Math.round(width / cell));
  const values = new Float32Array(CELLS * columns * 4);
  const counts = new Float32Array(CELLS * columns);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = Math.min(CELLS - 1, Math.floor(y / cell)) * columns + Math.min(columns - 1, Math.floor(x / cell));
      const share = matte[y * width + x];
      counts[at]++;
      values[4 * at + 3] += share;
      for (let c = 0; c < 3; c++) values[4 * at + c] += share * color[3 * (y * width + x) + c];
    }
  for (let at = 0; at < counts.length; at++) {
    for (let c = 0; c < 3; c++) values[4 * at + c] /= Math.max(1e-6, values[4 * at + 3]);
    values[4 * at + 3] /= Math.max(1, counts[at]);
  }
  return { columns, rows: CELLS, cell, values, shown };
}

/** Share of cells that only one of both covers, and of the others how far the foremost points' colours are off. */
function errorOf(
  points: readonly Point[],
  { scale, shift }: Pick<Placement, 'scale' | 'shift'>,
  { columns, rows, cell, values, shown }: Grid,
): number {
  const nearest = new Float32Array(rows * columns).fill(Infinity);
  const seen = new Float32Array(rows * columns * 3);
  const focal = (PERSON_DISTANCE * shown.height) / 2;
  for (const { at, color } of points) {
    const z = scale * at[2] + shift[2];
    if (z <= 0.1) continue;
    const u = Math.floor((shown.width / 2 + (focal * (scale * at[0] + shift[0])) / z) / cell);
    const v = Math.floor((shown.height / 2 + (focal * (scale * at[1] + shift[1])) / z) / cell);
    if (u < 0 || v < 0 || u >= columns || v >= rows || nearest[v * columns + u] <= z) continue;
    nearest[v * columns + u] = z;
    seen.set(color, 3 * (v * columns + u));
  }
  let [both, any, off] = [0, 0, 0];
  for (let i = 0; i < nearest.length; i++) {
    const [ours, theirs] = [values[4 * i + 3] > 0.5, nearest[i] < Infinity];
    if (!ours && !theirs) continue;
    any++;
    if (!ours || !theirs) continue;
    both++;
    for (let c = 0; c < 3; c++) off += Math.abs(seen[3 * i + c] - values[4 * i + c]) / 3;
  }
  return any === 0 ? 1 : 0.5 * (1 - both / any) + 0.5 * (both === 0 ? 1 : Math.min(1, 2 * (off / both)));
}

/** The 24 turns of a cube. */
function rightAngles(): Quaternion[] {
  const half = Math.SQRT1_2;
  const about: Quaternion[] = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [half, half, 0, 0],
    [half, -half, 0, 0],
    [half, 0, 0, half],
    [half, 0, 0, -half],
  ];
  const yaws: Quaternion[] = [
    [1, 0, 0, 0],
    [half, 0, half, 0],
    [0, 0, 1, 0],
    [half, 0, -half, 0],
  ];
  return about.flatMap((up) => yaws.map((yaw) => product(yaw, up)));
}

function product(a: readonly number[], b: readonly number[]): Quaternion {
  return [
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ];
}

/** q v q⁻¹ */
function rotate(q: readonly [number, number, number, number], v: Readonly<Vector>): Vector {
  const [, x, y, z] = product(product(q, [0, ...v]), [q[0], -q[1], -q[2], -q[3]]);
  return [x, y, z];
}

function vectorAt(values: Float32Array, n: number): Vector {
  return [values[3 * n], values[3 * n + 1], values[3 * n + 2]];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

/** First and last row that the matte covers. */
function rowsOf(matte: Float32Array, width: number, height: number): { top: number; bottom: number } {
  const covered = (y: number): boolean => matte.subarray(y * width, (y + 1) * width).some((value) => value > 0.5);
  const rows = Array.from({ length: height }, (_, y) => y).filter(covered);
  return { top: rows[0] ?? 0, bottom: (rows.at(-1) ?? height - 1) + 1 };
}

function middleOf(matte: Float32Array, width: number, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let i = Math.floor(from) * width; i < Math.floor(to) * width; i++)
    if (matte[i] > 0.5) {
      sum += (i % width) + 0.5;
      count++;
    }
  return count === 0 ? width / 2 : sum / count;
}
