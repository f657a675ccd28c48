/** Draws for one seed: the same seed gives the same draws on every machine. */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** 0 … below − 1 */
  index(below: number): number;
  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/**
 * Mulberry32: 32 bits of state are plenty for a few thousand choices, and integer arithmetic alone makes it exact
 * everywhere.
 *
 * @param seed 0 … 2^32 − 1
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const index = (below: number): number => Math.floor(next() * below);
  return {
    next,
    index,
    shuffled(items) {
      const result = [...items];
      for (let last = result.length - 1; last > 0; last--) {
        const other = index(last + 1);
        [result[last], result[other]] = [result[other], result[last]];
      }
      return result;
    },
  };
}
