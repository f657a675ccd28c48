import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/random';
import {
  bootstrapInterval,
  cohensD,
  cohensDz,
  hedgesG,
  normalTwoSided,
  proportionInterval,
  twoProportionTest,
  type Proportion,
} from '../src/index.ts';

type Interval = [number, number];

/** Of `golden/comparison.py`: SciPy 1.10.1, statsmodels 0.13.5. */
const golden = JSON.parse(readFileSync(new URL('golden/comparison.json', import.meta.url), 'utf8')) as {
  tails: { z: number; p: number }[];
  proportions: {
    a: Proportion;
    b: Proportion;
    level: number;
    z: number;
    p: number;
    interval: Interval;
    wilson: Interval;
    h: number;
  }[];
  effects: { a: number[]; b: number[]; d: number; g: number; dz: number | null }[];
  bootstraps: {
    statistic: 'mean' | 'median';
    x: number[];
    level: number;
    draws: number;
    drawn: string;
    interval: Interval;
  }[];
};

const STATISTICS = {
  mean: (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length,
  median: (x: readonly number[]): number => {
    const sorted = [...x].sort((a, b) => a - b);
    return (sorted[Math.floor((x.length - 1) / 2)] + sorted[Math.floor(x.length / 2)]) / 2;
  },
};

/** Within a share of the value. */
function expectNear(value: number | undefined, wanted: number, share: number): void {
  expect(Math.abs((value ?? NaN) - wanted)).toBeLessThanOrEqual(share * Math.abs(wanted));
}

function expectEnds(found: readonly [number, number] | undefined, wanted: Interval): void {
  for (const end of [0, 1]) expect(Math.abs((found?.[end] ?? NaN) - wanted[end])).toBeLessThan(1e-12);
}

describe('against SciPy and statsmodels', () => {
  test.each(golden.tails)('the normal tails of z = $z, however small', ({ z, p }) => {
    expectNear(normalTwoSided(z), p, 1e-12);
  });

  test.each(golden.proportions)(
    '$a.count of $a.of beside $b.count of $b.of: z, p, intervals at $level, h',
    ({ a, b, level, z, p, interval, wilson, h }) => {
      const found = twoProportionTest(a, b, level);
      expectNear(found.test?.z, z, 1e-12);
      expectNear(found.test?.p, p, 1e-10);
      expect(Math.abs(found.h - h)).toBeLessThan(1e-12);
      expectEnds(found.interval, interval);
      expectEnds(proportionInterval(a, level), wilson);
    },
  );

  test('effect sizes of samples and of pairs', () => {
    for (const { a, b, d, g, dz } of golden.effects) {
      expectNear(cohensD(a, b), d, 1e-11);
      expectNear(hedgesG(a, b), g, 1e-11);
      if (dz !== null) expectNear(cohensDz(a, b), dz, 1e-11);
    }
  });

  test('bootstrap intervals of the same draws', () => {
    expect(golden.bootstraps.length).toBeGreaterThan(3);
    for (const { statistic, x, level, draws, drawn, interval } of golden.bootstraps) {
      let at = 0;
      const random = (): number => (Number(drawn[at++]) + 0.5) / x.length;
      expectEnds(bootstrapInterval(x, STATISTICS[statistic], { draws, random, level }).interval, interval);
      expect(at).toBe(drawn.length);
    }
  });
});

describe('where there is nothing to say', () => {
  const how = { draws: 99, random: seededRandom(7) };

  test('what never came about, or always did, has an interval and no test', () => {
    for (const count of [0, 9]) {
      const found = twoProportionTest({ count, of: 9 }, { count, of: 9 });
      expect(found.test).toBeUndefined();
      expect(found.interval[0]).toBeLessThan(0);
      expect(found.interval[1]).toBeGreaterThan(0);
    }
  });

  test('one unit, or units that are alike, have no interval', () => {
    expect(bootstrapInterval([3], STATISTICS.mean, how)).toStrictEqual({ estimate: 3 });
    expect(bootstrapInterval([0.1, 0.1, 0.1], STATISTICS.mean, how).interval).toBeUndefined();
  });

  test('values that are alike have no effect size', () => {
    expect(cohensD([1, 1], [2, 2])).toBeUndefined();
    expect(hedgesG([1, 1], [2, 2])).toBeUndefined();
    expect(cohensDz([0.1, 0.2, 0.3], [0.2, 0.3, 0.4])).toBeUndefined();
  });
});

test.each<[string, () => unknown]>([
  ['more than all', () => twoProportionTest({ count: 3, of: 2 }, { count: 1, of: 2 })],
  ['of none', () => proportionInterval({ count: 0, of: 0 })],
  ['half a time', () => proportionInterval({ count: 0.5, of: 2 })],
  ['one value', () => cohensD([1], [1, 2])],
  ['pairs of unlike number', () => cohensDz([1, 2, 3], [1, 2])],
  ['no units', () => bootstrapInterval([], STATISTICS.mean, { draws: 9, random: () => 0 })],
  ['no draws', () => bootstrapInterval([1, 2], STATISTICS.mean, { draws: 0, random: () => 0 })],
])('%s is refused', (_, act) => {
  expect(act).toThrow(expect.objectContaining({ code: 'significance.argument' }));
});
