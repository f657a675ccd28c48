import type { PointPart } from '@soliloquy/latent-flow';
import type { PointPath } from '../evaluation/tracked/person-tracks.ts';
import type { FilmPoints } from './film-points.ts';

/** frames of a window, and from one window to the next */
export const WINDOW = 16;
export const STRIDE = 8;
/** A window and a frame on either side, which accelerations need. */
export const SHORTEST = WINDOW + 2;
const ANGLES = 8;
/** pixels per frame, and per frame²: motion far below it weighs as much as it is long, far above it by its logarithm */
const FINE = 0.25;

/** Parts whose motion is pooled; a hand goes with its arm and the jaw with the lower lip. */
const POOLS: readonly (readonly PointPart[])[] = [
  ['torso'],
  ['leftArm', 'leftHand'],
  ['rightArm', 'rightHand'],
  ['head'],
  ['upperLip'],
  ['lowerLip', 'jaw'],
];

/** Numbers of a window: velocity and acceleration, of each pool, by angle. */
export const HISTOGRAM_WIDTH = 2 * POOLS.length * ANGLES;

/**
 * Histograms of velocity and acceleration of a film's points (after FVMD, Liu et al. 2024, whose magnitudes
 * ⌈log2(1 + |v|)⌉ are 1 for all motion below a pixel). In each window of 16 frames, every 8 frames: for order 1
 * (v_f = p_f − p_{f−1}) and 2 (a_f = p_{f+1} − 2 p_f + p_{f−1}), for each of six pools, for each of eight sectors of
 * arctan2(v_y, v_x) from −π on, Σ log2(1 + |v| / 0.25 px) over its points and frames, over how many those are. A point
 * counts where it is seen in all three frames; a pool that is not seen has zeros, as if it stood still.
 *
 * @returns rows f64 [96], order by pool by sector; none for a film below 18 frames
 */
export function motionHistograms(film: FilmPoints): Float64Array[] {
  const pools = POOLS.map((parts) => [...film.of(parts).values()]);
  const rows: Float64Array[] = [];
  for (let first = 1; first + WINDOW <= film.frames - 1; first += STRIDE) {
    const row = new Float64Array(HISTOGRAM_WIDTH);
    pools.forEach((paths, pool) => putWindow(row, pool, { paths, first }));
    rows.push(row);
  }
  return rows;
}

function putWindow(
  row: Float64Array,
  pool: number,
  { paths, first }: { readonly paths: readonly PointPath[]; readonly first: number },
): void {
  const at = (order: number): number => (order * POOLS.length + pool) * ANGLES;
  let count = 0;
  for (const { x, y, seen } of paths)
    for (let f = first; f < first + WINDOW; f++) {
      if (!seen[f - 1] || !seen[f] || !seen[f + 1]) continue;
      count++;
      put(row, at(0), x[f] - x[f - 1], y[f] - y[f - 1]);
      put(row, at(1), x[f + 1] - 2 * x[f] + x[f - 1], y[f + 1] - 2 * y[f] + y[f - 1]);
    }
  if (count === 0) return;
  for (const order of [0, 1]) for (let i = at(order); i < at(order) + ANGLES; i++) row[i] /= count;
}

function put(row: Float64Array, from: number, x: number, y: number): void {
  const sector = Math.min(ANGLES - 1, Math.floor(((Math.atan2(y, x) + Math.PI) / (2 * Math.PI)) * ANGLES));
  row[from + sector] += Math.log2(1 + Math.hypot(x, y) / FINE);
}
