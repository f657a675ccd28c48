import { describe, expect, test } from 'vitest';
import { createRng } from '@soliloquy/tensor';
import { retrieval } from '../src/alignment/retrieval.ts';

const unitRows = (seed: number, frames: number): Float32Array => {
  const data = createRng(seed).normal([frames, 8]).data;
  for (let f = 0; f < frames; f++) {
    const length = Math.hypot(...data.subarray(f * 8, f * 8 + 8));
    for (let i = 0; i < 8; i++) data[f * 8 + i] /= length;
  }
  return data;
};

describe('retrieval', () => {
  test('is 1 when motion and voice are embedded alike', () => {
    const rows = unitRows(1, 125);
    expect(retrieval(rows, rows, 8)).toBe(1);
  });

  test('is about chance when they have nothing to do with each other', () => {
    const mean =
      [2, 3, 4, 5, 6, 7, 8, 9].reduce(
        (sum, seed) => sum + retrieval(unitRows(seed, 125), unitRows(seed + 100, 125), 8),
        0,
      ) / 8;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.12);
  });

  test('is chance for a clip that is too short to compare', () => {
    expect(retrieval(unitRows(1, 30), unitRows(1, 30), 8)).toBe(0.5);
  });

  test('counts pairs of patches at least a patch apart, pooled and by cosine; a tie is half', () => {
    const frames = 75;
    const voice = unitRows(21, frames);
    const motion = unitRows(22, frames);
    const pool = (rows: Float32Array, from: number): number[] => {
      const sum = new Array<number>(8).fill(0);
      for (let f = from; f < from + 25; f++) sum.forEach((_, i) => (sum[i] += rows[f * 8 + i]));
      return sum.map((value) => value / Math.hypot(...sum));
    };
    const cosine = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + value * b[i], 0);
    const starts = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50];
    const pairs = starts.flatMap((i) => starts.filter((j) => Math.abs(i - j) >= 25).map((j) => [i, j]));
    const won = pairs.filter(
      ([i, j]) => cosine(pool(motion, i), pool(voice, i)) > cosine(pool(motion, i), pool(voice, j)),
    );
    expect(retrieval(voice, motion, 8)).toBeCloseTo(won.length / pairs.length, 12);
    const same = new Float32Array(frames * 8).fill(1);
    expect(retrieval(same, motion, 8)).toBe(0.5);
    expect(retrieval(new Float32Array(frames * 8), new Float32Array(frames * 8), 8)).toBe(0.5);
  });
});
