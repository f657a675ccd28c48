/**
 * Draws for one seed, the same on every machine. Each part of a figure takes its own stream, so that more hairs do not
 * change the face.
 */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** from ≤ x < to */
  between(from: number, to: number): number;
  /** −amount < x < amount, triangular: small values are likelier */
  around(amount: number): number;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
}

/**
 * Mulberry32 seeded by a number and the name of what is drawn (FNV-1a of the name): integer arithmetic alone, exact
 * everywhere.
 *
 * @param seed 0 … 2^32 − 1
 */
export function randomOf(seed: number, name: string): Random {
  let state = (seed ^ 0x811c9dc5) >>> 0;
  for (let index = 0; index < name.length; index++) state = Math.imul(state ^ name.charCodeAt(index), 0x01000193) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (from, to) => from + (to - from) * next(),
    around: (amount) => (next() + next() - 1) * amount,
    pick: (items) => items[Math.floor(next() * items.length)],
  };
}
