import { seededRandom } from './seeded-random.ts';

/** Draws of one stream; each call takes the next numbers of it. */
export interface Draws {
  /** 0 ≤ x < 1 */
  next(): number;
  /** from ≤ x < to */
  between(from: number, to: number): number;
  /** −amount < x < amount, triangular: small values are likelier. Takes two numbers. */
  around(amount: number): number;
  /** an integer, 0 … below − 1 */
  index(below: number): number;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** A new array in random order (Fisher-Yates). Takes one number less than there are items. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Draws from `seededRandom(seed)`. */
export function seededDraws(seed: number): Draws {
  const next = seededRandom(seed);
  const index = (below: number): number => Math.floor(next() * below);
  return {
    next,
    between: (from, to) => from + (to - from) * next(),
    around: (amount) => (next() + next() - 1) * amount,
    index,
    pick: (items) => items[index(items.length)],
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

/**
 * Draws for one seed and the name of what is drawn. Each part of a work takes a stream of its own, so that more draws
 * for one part do not change another. The stream's seed is the FNV-1a hash of the name, begun at seed ^ 0x811c9dc5.
 *
 * @param seed an integer; taken modulo 2^32
 * @param name UTF-16 code units are hashed as they are
 */
export function namedDraws(seed: number, name: string): Draws {
  let state = (seed ^ 0x811c9dc5) >>> 0;
  for (let index = 0; index < name.length; index++) state = Math.imul(state ^ name.charCodeAt(index), 0x01000193) >>> 0;
  return seededDraws(state);
}
