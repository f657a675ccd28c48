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
});
