import { describe, expect, test } from 'vitest';
import { compareArrays, seededNormals } from '@soliloquy/testing';
import { bump, gaussianMean, gaussianMeanOfRows, smoothstep } from '../src/index.ts';

describe('gaussianMean', () => {
  test('keeps a constant, is symmetric in time and sums an impulse to 1', () => {
    expect(Array.from(gaussianMean(new Float64Array(30).fill(2), 2.5)).every((x) => Math.abs(x - 2) < 1e-12)).toBe(
      true,
    );
    const impulse = Float64Array.from({ length: 41 }, (_, i) => (i === 20 ? 1 : 0));
    const spread = gaussianMean(impulse, 3);
    expect(spread.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
    compareArrays('mirrored', spread.slice().reverse(), spread, { absolute: 1e-15 });
  });

  test('spreads an impulse by its own deviation: the second moment is σ², less what three deviations cut off', () => {
    const impulse = Float64Array.from({ length: 201 }, (_, i) => (i === 100 ? 1 : 0));
    const moment = gaussianMean(impulse, 8).reduce((sum, x, i) => sum + x * (i - 100) ** 2, 0);
    // A Gaussian that is cut at 3σ has 0.9733 of its variance.
    expect(moment / 64).toBeCloseTo(0.9733, 2);
  });

  test('repeats the ends: a slope is kept but near them', () => {
    const slope = Float64Array.from({ length: 50 }, (_, i) => i);
    const smooth = gaussianMean(slope, 2);
    for (let i = 6; i < 44; i++) expect(smooth[i]).toBeCloseTo(i, 10);
    expect(smooth[0]).toBeGreaterThan(0.5);
    expect(smooth[49]).toBeLessThan(48.5);
  });

  test('copies for a deviation of 0', () => {
    const values = seededNormals(9, 1);
    expect(gaussianMean(values, 0)).toEqual(values);
    expect(gaussianMean(values, 0)).not.toBe(values);
  });
});

test('the mean over rows is the mean of every column, to rounding', () => {
  const [frames, width, sigma] = [40, 5, 3.7];
  const values = seededNormals(frames * width, 4);
  const rows = gaussianMeanOfRows(values, frames, sigma);
  for (let column = 0; column < width; column++) {
    const of = (matrix: Float64Array): Float64Array =>
      Float64Array.from({ length: frames }, (_, f) => matrix[f * width + column]);
    compareArrays(`column ${column}`, of(rows), gaussianMean(of(values), sigma), { absolute: 1e-14 });
  }
});

test('smoothstep and bump are C1: 0 and 1 where they should be, with no slope there', () => {
  const slope = (f: (x: number) => number, x: number): number => (f(x + 1e-5) - f(x - 1e-5)) / 2e-5;
  const step = (x: number): number => smoothstep(2, 5, x);
  expect([step(1), step(2), step(3.5), step(5), step(9)]).toEqual([0, 0, 0.5, 1, 1]);
  for (const x of [2, 5]) expect(Math.abs(slope(step, x))).toBeLessThan(1e-4);
  expect([bump(-2), bump(-1), bump(0), bump(1)]).toEqual([0, 0, 1, 0]);
  for (const x of [-1, 0, 1]) expect(Math.abs(slope(bump, x))).toBeLessThan(1e-4);
});
