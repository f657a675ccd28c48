import type { CarriedPoints } from './carried-points.ts';

/** How points of a film went, in pixels of the avatar's film. */
export interface PointWays {
  /** f32 [F, Q, 2] from rest */
  readonly shifts: Float32Array;
  /** f32 [F, Q] 0 … 1, how sure it is that the point is seen there */
  readonly visibility: Float32Array;
}

/** L_traj of one sequence. */
export interface TrajectoryLoss {
  readonly value: number;
  /** f32 [F, P, 3] ∂L/∂t */
  readonly gradient: Float32Array;
  /** Σ v r² and Σ v of positions, pixels of a film of 768: for a mean over sequences */
  readonly squares: number;
  readonly seen: number;
}

/** Errors beyond this count linearly, pixels of a film of 768. */
const HUBER = 0.5;
/** Share of the entries that count: those of the largest errors are tracks that went astray (Shape of Motion). */
const KEPT = 0.98;
/** Pixels of the longer side that errors are stated in. */
const SIDE = 768;
/** Weight per pixel² of what is in a part: a mouth moves 0.9 pixels, an arm two. By index of `POINT_PARTS`. */
const WEIGHTS = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5] as const;

/**
 * L_traj = Σ v s H(û − u) / Σ v + κ Σ v s H(Δû − Δu) / Σ v over points and frames, H the Huber loss of both axes,
 * Δ what a point goes from one frame to the next, v how sure it is seen (in both frames, for Δ), s the weight of its
 * part. Of each sum the entries beyond the 0.98 quantile are left out. What is not seen gets no gradient at all.
 *
 * @param translations f32 [F, P, 3] world
 * @param velocity     κ
 */
export function trajectoryLoss(
  carried: CarriedPoints,
  translations: Float32Array,
  { shifts: wanted, visibility }: PointWays,
  velocity: number,
): TrajectoryLoss {
  const { count: Q, parts, visibility: onAvatar } = carried.points;
  const made = carried.shifts(translations);
  const scale = SIDE / Math.max(carried.width, carried.height);
  const frames = made.length / (2 * Q);
  const error = made.map((value, i) => scale * (value - wanted[i]));
  const sure = visibility.map((value, i) => value * onAvatar[i % Q]);
  const step = new Float32Array((frames - 1) * Q * 2);
  for (let i = 0; i < step.length; i++) step[i] = error[i + 2 * Q] - error[i];
  const both = Float32Array.from({ length: (frames - 1) * Q }, (_, i) => sure[i] * sure[i + Q]);
  const positions = huber(error, sure, parts);
  const steps = huber(step, both, parts);
  const gradient = positions.gradient;
  for (let i = 0; i < step.length; i++) {
    gradient[i + 2 * Q] += velocity * steps.gradient[i];
    gradient[i] -= velocity * steps.gradient[i];
  }
  let [squares, seen] = [0, 0];
  sure.forEach((v, i) => {
    squares += v * (error[2 * i] ** 2 + error[2 * i + 1] ** 2);
    seen += v;
  });
  return {
    value: positions.value + velocity * steps.value,
    gradient: carried.pullBack(gradient.map((value) => scale * value)),
    squares,
    seen,
  };
}

/** Mean over what is seen and kept, and its gradient: f32 of the errors' shape. */
function huber(
  error: Float32Array,
  sure: Float32Array,
  parts: Uint8Array,
): { readonly value: number; readonly gradient: Float32Array } {
  const lengths = Float64Array.from(sure, (_, i) => Math.hypot(error[2 * i], error[2 * i + 1]));
  const seen = lengths.filter((_, i) => sure[i] > 0).sort();
  const limit = seen.length === 0 ? 0 : seen[Math.min(seen.length - 1, Math.floor(KEPT * seen.length))];
  const gradient = new Float32Array(error.length);
  let [value, total] = [0, 0];
  for (let i = 0; i < sure.length; i++) if (sure[i] > 0 && lengths[i] <= limit) total += sure[i];
  for (let i = 0; i < sure.length; i++) {
    if (sure[i] === 0 || lengths[i] > limit) continue;
    const weight = (sure[i] * WEIGHTS[parts[i % parts.length]]) / total;
    const isFar = lengths[i] > HUBER;
    value += weight * (isFar ? HUBER * (lengths[i] - HUBER / 2) : lengths[i] ** 2 / 2);
    const slope = weight * (isFar ? HUBER / lengths[i] : 1);
    gradient[2 * i] = slope * error[2 * i];
    gradient[2 * i + 1] = slope * error[2 * i + 1];
  }
  return { value, gradient };
}
