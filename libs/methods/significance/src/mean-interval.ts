import { studentTwoSided } from './student-t.ts';

/** Halvings after which a quantile is known to the last bits. */
const HALVINGS = 200;

/** A mean and where it lies. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  /** absent for a single value */
  readonly interval?: readonly [low: number, high: number];
}

/**
 * The mean of values with its confidence interval, x̄ ± t s / √n with t of n − 1 degrees of freedom (Student).
 *
 * @param values at least one
 * @param level  of confidence, 0 … 1
 */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { count, mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = studentQuantile(level, count - 1) * Math.sqrt(squares / (count - 1) / count);
  return { count, mean, interval: [mean - half, mean + half] };
}

/** t with P(|T| ≤ t) = level, by halving. */
function studentQuantile(level: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (studentTwoSided(high, degrees) > 1 - level) high *= 2;
  for (let i = 0; i < HALVINGS && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degrees) > 1 - level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
