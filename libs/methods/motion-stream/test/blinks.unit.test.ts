import { describe, expect, test } from 'vitest';
import { REGIONS } from '@soliloquy/ports/gaussians';
import { createRng } from '@soliloquy/tensor/random';
import { BlinkStream, drawBlinks, lidsOf } from '../src/index.ts';

const [FPS, FRAMES, LENGTH] = [25, 600, 5];
const regions = ['head', 'leftEyelid', 'jaw', 'rightEyelid'].map((name) => REGIONS.findIndex((r) => r.name === name));
const rng = createRng('examples');
const blinks = {
  examples: [0, 1, 2].map(() => rng.normal([LENGTH, 2, 3]).data as Float32Array),
  frames: LENGTH,
  interval: 0.4,
};
const SIZE = regions.length * 3;

function streamed(piece: number): Float32Array {
  const stream = new BlinkStream(blinks, { regions, fps: FPS }, createRng(1));
  const all = new Float32Array(FRAMES * SIZE);
  for (let at = 0; at < FRAMES; at += piece) stream.add(all.subarray(at * SIZE, Math.min(FRAMES, at + piece) * SIZE));
  return all;
}

describe('blinks for motion that comes in pieces', () => {
  test('are the drawn examples at their times, overlapping ones added up, and move the lids alone', () => {
    const expected = new Float32Array(FRAMES * SIZE);
    const lids = lidsOf(regions);
    expect(lids).toEqual([1, 3]);
    for (const { time, shift } of drawBlinks(blinks, createRng(1))) {
      const first = Math.floor(time * FPS) - (LENGTH - 1) / 2;
      if (first >= FRAMES) break;
      for (let k = 0; k < LENGTH; k++)
        for (let i = 0; i < 6; i++)
          if (first + k >= 0 && first + k < FRAMES)
            expected[(first + k) * SIZE + lids[Math.floor(i / 3)] * 3 + (i % 3)] += shift[k * 6 + i];
    }
    expect(streamed(FRAMES)).toEqual(expected);
  });

  test.each([1, 3, 40])('are the same in pieces of %i frames', (piece) => {
    expect(streamed(piece)).toEqual(streamed(FRAMES));
  });

  test('come as often as in the clips', () => {
    const times: number[] = [];
    for (const { time } of drawBlinks(blinks, createRng(2))) {
      if (time > 400) break;
      times.push(time);
    }
    expect(times.length).toBeGreaterThan(900);
    expect(times.length).toBeLessThan(1100);
  });
});
