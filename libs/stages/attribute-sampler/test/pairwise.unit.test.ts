import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breaksRule,
  coverageOf,
  DEFAULT_DICTIONARY,
  drawPairwise,
  possiblePairs,
  spaceOf,
  type Dictionary,
} from '../src/index.ts';

const seeded = { seed: 20261122, numRuns: 60 };
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 5 });

function dictionaryOf(list: readonly number[], forbid: Dictionary['forbid'] = []): Dictionary {
  return {
    attributes: Object.fromEntries(
      list.map((size, index) => [`a${index}`, Array.from({ length: size }, (_, value) => `v${value}`)]),
    ),
    forbid,
  };
}

/** Dictionaries whose rules leave `v0` of every attribute free, so that a subject always exists. */
const constrained = sizes.chain((list) =>
  fc
    .tuple(fc.constant(list), fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { maxLength: 4 }))
    .map(([shape, picks]) => {
      const forbid: Dictionary['forbid'] = [];
      for (const [p, q, v, w] of picks) {
        const first = p % shape.length;
        const second = q % shape.length;
        if (first === second || shape[first] < 2 || shape[second] < 2) continue;
        forbid.push({ [`a${first}`]: `v${1 + (v % (shape[first] - 1))}`, [`a${second}`]: `v${w % shape[second]}` });
      }
      return dictionaryOf(shape, forbid);
    }),
);

describe('pairwise draw', () => {
  it('never breaks a rule', () => {
    fc.assert(
      fc.property(constrained, fc.nat(), (dictionary, seed) => {
        const space = spaceOf(dictionary);
        for (const row of drawPairwise(space, 25, seed)) {
          expect(breaksRule(space, row)).toBe(false);
          expect(row.every((value, attribute) => value >= 0 && value < space.sizes[attribute])).toBe(true);
        }
      }),
      seeded,
    );
  });

  it('keeps every value within ±1 of the others after every subject where there are no rules', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (list, seed) => {
        const space = spaceOf(dictionaryOf(list));
        const counts = list.map((size) => new Array<number>(size).fill(0));
        for (const row of drawPairwise(space, 23, seed)) {
          row.forEach((value, attribute) => counts[attribute][value]++);
          for (const of of counts) expect(Math.max(...of) - Math.min(...of)).toBeLessThanOrEqual(1);
        }
      }),
      seeded,
    );
  });

  it('covers every possible pair when the count is enough, rules or not', () => {
    fc.assert(
      fc.property(constrained, fc.nat(), (dictionary, seed) => {
        const space = spaceOf(dictionary);
        const enough =
          3 * Math.max(...space.sizes) ** 2 +
          4 *
            possiblePairs(
              space,
              space.sizes.map(() => -1),
            ).length;
        expect(coverageOf(space, drawPairwise(space, enough, seed)).values['pair-coverage']).toBe(1);
      }),
      { ...seeded, numRuns: 30 },
    );
  });

  it('covers monotonically, and a longer draw begins with the shorter one', () => {
    fc.assert(
      fc.property(constrained, fc.nat(), (dictionary, seed) => {
        const space = spaceOf(dictionary);
        const long = drawPairwise(space, 20, seed);
        expect(drawPairwise(space, 9, seed)).toEqual(long.slice(0, 9));
        const curve = coverageOf(space, long).curves?.['pair-coverage'] ?? [];
        expect(curve).toHaveLength(20);
        curve.forEach((share, index) => expect(share).toBeGreaterThanOrEqual(index === 0 ? 0 : curve[index - 1]));
      }),
      seeded,
    );
  });

  it('gives the same draw for the same seed and another for another', () => {
    const space = spaceOf(DEFAULT_DICTIONARY);
    expect(drawPairwise(space, 12, 7)).toEqual(drawPairwise(space, 12, 7));
    expect(drawPairwise(space, 12, 7)).not.toEqual(drawPairwise(space, 12, 8));
  });

  it('covers 95 % of pairs with the subjects that the two longest attributes need, all with twice as many', () => {
    const space = spaceOf(DEFAULT_DICTIONARY);
    const curve = coverageOf(space, drawPairwise(space, 2 * 8 * 7, 1)).curves?.['pair-coverage'] ?? [];
    expect(curve[8 * 7 - 1]).toBeGreaterThan(0.95);
    expect(curve[2 * 8 * 7 - 1]).toBe(1);
  });
});
