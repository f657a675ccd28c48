/** Mean, standard deviation and count of a sample. */
export interface Moments {
  readonly mean: number;
  /** √(Σ(x − x̄)² / (n − 1)); absent for a single value */
  readonly deviation?: number;
  readonly count: number;
}

/** Moments of at least one value, in two passes: the squares of a large mean would drown the differences. */
export function momentsOf(values: readonly number[]): Moments {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, ...(count > 1 && { deviation: Math.sqrt(squares / (count - 1)) }), count };
}
