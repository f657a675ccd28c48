import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/random';
import { benjaminiHochberg, groupTest, meanInterval, pairedTTest, studentTwoSided } from '../src/index.ts';

/** Of `golden/significance.py`: SciPy 1.10.1, statsmodels 0.13.5. */
const golden = JSON.parse(readFileSync(new URL('golden/significance.json', import.meta.url), 'utf8')) as {
  pairs: { a: number[]; b: number[]; t: number; p: number }[];
  tails: { t: number; degrees: number; p: number }[];
  adjusted: { p: number[]; q: number[] }[];
  groups: { of: number[][]; f: number; p: number }[];
  intervals: { x: number[]; level: number; interval: [number, number] }[];
};

/** Within a share of the value. */
function expectNear(value: number | undefined, wanted: number, share: number): void {
  expect(Math.abs((value ?? NaN) - wanted)).toBeLessThanOrEqual(share * Math.abs(wanted));
}

describe('against SciPy and statsmodels', () => {
  test('the paired t-test, from two pairs to many', () => {
    for (const { a, b, t, p } of golden.pairs) {
      const { test: found, count } = pairedTTest(a, b);
      expect(count).toBe(a.length);
      expectNear(found?.t, t, 1e-11);
      expectNear(found?.p, p, 1e-9);
    }
  });

  test.each(golden.tails)('the tails of t = $t with $degrees degrees, however small', ({ t, degrees, p }) => {
    expectNear(studentTwoSided(t, degrees), p, 1e-10);
  });

  test('the values of Benjamini and Hochberg', () => {
    for (const { p, q } of golden.adjusted) benjaminiHochberg(p).forEach((value, i) => expectNear(value, q[i], 1e-13));
  });
});

describe('groups and intervals, against SciPy', () => {
  test('F to the last digits, and p within what so many draws leave open', () => {
    const draws = 9999;
    for (const { of, f, p } of golden.groups) {
      const groups = of.flatMap((each, group) => each.map(() => group));
      const found = groupTest(of.flat(), groups, { draws, random: seededRandom(7) });
      expectNear(found?.f, f, 1e-9);
      expect(Math.abs((found?.p ?? NaN) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws) + 1 / draws);
    }
  });

  test('intervals of a mean, from two values on', () => {
    for (const { x, level, interval } of golden.intervals)
      meanInterval(x, level).interval?.forEach((end, i) => expectNear(end, interval[i], 1e-8));
    expect(meanInterval([3])).toStrictEqual({ count: 1, mean: 3 });
  });

  test('no test for one group, one value in each, or values that are alike', () => {
    const how = { draws: 9, random: seededRandom(7) };
    expect(groupTest([1, 2, 3], [0, 0, 0], how)).toBeUndefined();
    expect(groupTest([1, 2, 3], [0, 1, 2], how)).toBeUndefined();
    expect(groupTest([0.1, 0.1, 0.1], [0, 1, 1], how)).toBeUndefined();
    expect(() => groupTest([1, 2], [0], how)).toThrow('the group of each of 2 values');
  });
});

describe('where there is no test', () => {
  test('one pair has a difference and no p', () => {
    expect(pairedTTest([3], [1])).toStrictEqual({ count: 1, difference: 2 });
  });

  test('differences that are alike have none, but for rounding', () => {
    const a = [0.1, 0.2, 0.3, 0.7];
    expect(pairedTTest(a, a)).toStrictEqual({ count: 4, difference: 0 });
    const { difference, test: found } = pairedTTest(
      a,
      a.map((value) => value + 0.1),
    );
    expect(difference).toBeCloseTo(-0.1, 12);
    expect(found).toBeUndefined();
  });

  test('no pairs, or other units, are refused', () => {
    for (const [a, b] of [
      [[], []],
      [[1, 2], [1]],
    ])
      expect(() => pairedTTest(a, b)).toThrow(expect.objectContaining({ code: 'significance.argument' }));
  });

  test('no tests have no values', () => expect(benjaminiHochberg([])).toEqual([]));
});
