import { describe, expect, it } from 'vitest';
import { REGIONS } from '@soliloquy/ports';
import { partVariance, restoreVariance } from '../src/global-variance.ts';

const FRAMES = 50;
const regions = ['torso', 'head', 'rightHand', 'torso'].map((name) =>
  REGIONS.findIndex((region) => region.name === name),
);
/** f32 [FRAMES, 4, 3]: particles that swing along x by `amplitudes`, about places of their own */
const swinging = (amplitudes: readonly number[]): Float32Array =>
  Float32Array.from({ length: FRAMES * 12 }, (_, i) =>
    i % 3 === 0
      ? 3 + (i % 12) + amplitudes[Math.floor((i % 12) / 3)] * Math.sin((2 * Math.PI * 4 * Math.floor(i / 12)) / FRAMES)
      : 0,
  );

describe('variance of motion', () => {
  it('is that of each part, mean over its particles and axes', () => {
    const [body, face, hand] = partVariance(swinging([1, 2, 0, 3]), regions);
    expect(body).toBeCloseTo((1 / 2 + 9 / 2) / 6, 5);
    expect(face).toBeCloseTo(4 / 2 / 3, 5);
    expect(hand).toBe(0);
  });

  it('becomes that of the clips about the same mean, part by part', () => {
    const latent = Float32Array.from({ length: FRAMES * 6 }, (_, i) => (i % 6) + Math.sin(i * 0.7));
    const before = latent.slice();
    restoreVariance(latent, FRAMES, Float32Array.of(1, 4, 1), Float32Array.of(1.44, 2.56, 1));
    const mean = (data: Float32Array, column: number): number =>
      data.reduce((sum, x, i) => sum + (i % 6 === column ? x : 0), 0) / FRAMES;
    [1.2, 1.2, 0.8, 0.8, 1, 1].forEach((factor, column) => {
      const about = mean(before, column);
      for (let i = column; i < latent.length; i += 6)
        expect(latent[i] - about).toBeCloseTo(factor * (before[i] - about), 4);
    });
  });

  it('is changed by no more than 1.4, and stillness stays still', () => {
    const latent = Float32Array.from({ length: FRAMES * 3 }, (_, i) => Math.sin(i));
    const before = latent.slice();
    restoreVariance(latent, FRAMES, Float32Array.of(1e-6, 0, 1), Float32Array.of(1, 1, 0));
    const spread = (data: Float32Array, column: number): number =>
      Math.max(...data.filter((_, i) => i % 3 === column)) - Math.min(...data.filter((_, i) => i % 3 === column));
    expect(spread(latent, 0) / spread(before, 0)).toBeCloseTo(1.4, 4);
    expect(spread(latent, 1)).toBe(spread(before, 1));
    expect(spread(latent, 2)).toBe(spread(before, 2));
  });
});
