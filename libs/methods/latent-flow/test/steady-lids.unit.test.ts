import { describe, expect, it } from 'vitest';
import { APPEARANCE } from '../src/index.ts';
import { steadyLids } from '../src/motion/steady-lids.ts';

const WIDTH = 6;
const LEFT = WIDTH - APPEARANCE.length + APPEARANCE.indexOf('leftLid');

/** Latents whose left lid is as given, and all else a number of its own. */
function latentOf(lid: readonly number[]): Float32Array {
  return Float32Array.from({ length: lid.length * WIDTH }, (_, i) =>
    i % WIDTH === LEFT ? lid[Math.floor(i / WIDTH)] : (i * 7919) % 13,
  );
}
function lidOf(latent: Float32Array): number[] {
  return [...latent].filter((_, i) => i % WIDTH === LEFT).map((value) => Number(value.toFixed(3)));
}
const steadied = (lid: readonly number[], fps = 25): number[] => lidOf(steadyLids(latentOf(lid), WIDTH, fps));

describe('steady lids', () => {
  const blink = [0, 0, 0.1, 0.8, 0.8, 0.8, 0.5, 0.1, 0, 0, 0];

  it('keep a blink as it was, at either end of the film too', () => {
    expect(steadied(blink)).toEqual(blink);
    expect(steadied([0.8, 0.8, 0.8, 0.2, 0, 0])).toEqual([0.8, 0.8, 0.8, 0.2, 0, 0]);
    expect(steadied([0, 0, 0.2, 0.8, 0.8, 0.8])).toEqual([0, 0, 0.2, 0.8, 0.8, 0.8]);
  });

  it('do not shut for one frame or two, at 25 frames a second', () => {
    expect(steadied([0, 0, 0, 0.8, 0, 0, 0, 0.8, 0.7, 0, 0, 0])).toEqual(Array(12).fill(0));
  });

  it('do not open for a frame within a blink', () => {
    expect(steadied([0, 0, 0.8, 0.1, 0.8, 0.8, 0, 0, 0])).toEqual([0, 0, 0.8, 0.8, 0.8, 0.8, 0, 0, 0]);
  });

  it('may shut for as many seconds at any rate', () => {
    const at50 = Array.from({ length: 30 }, (_, f) => (f >= 10 && f < 14 ? 0.8 : 0));
    expect(Math.max(...steadied(at50, 50))).toBe(0);
    expect(Math.max(...steadied(at50, 25))).toBe(0.8);
    expect(steadied([0, 0.8, 0], 5)).toEqual([0, 0.8, 0]);
  });

  it('leave the other numbers alone, and what they are given', () => {
    const given = latentOf(blink.with(0, 0.9));
    const kept = given.slice();
    const after = steadyLids(given, WIDTH, 25);
    expect(given).toEqual(kept);
    const others = (rows: Float32Array) => [...rows].filter((_, i) => i % WIDTH !== LEFT && i % WIDTH !== LEFT + 1);
    expect(others(after)).toEqual(others(given));
  });
});
