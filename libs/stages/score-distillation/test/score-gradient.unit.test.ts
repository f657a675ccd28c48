import { describe, expect, test } from 'vitest';
import { createRng } from '@soliloquy/tensor';
import { noiseRange, rampAt } from '../src/curriculum.ts';
import { componentWeights, latentScore } from '../src/score-gradient.ts';

const rng = createRng('score gradient');

describe('the gradient of a score', () => {
  const [F, K] = [4, 3];
  const [latent, clean] = [rng.normal([F, K]).data, rng.normal([F, K]).data];
  const [weights, scale] = [Float32Array.of(1, 0, 0.5), Float32Array.of(1, 2, 4)];

  test('is that of ½ mean w ((ẑ − ẑ_0)/σ)², by differences', () => {
    const value = (z: Float64Array): number =>
      z.reduce((sum, x, i) => sum + (weights[i % K] * ((x - clean[i]) / scale[i % K]) ** 2) / (2 * F * K), 0);
    const { gradient, distance } = latentScore(latent, clean, weights, scale);
    latent.forEach((_, i) => {
      const moved = (by: number) => value(Float64Array.from(latent, (x, j) => (i === j ? x + by : x)));
      expect(gradient[i]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 6);
    });
    expect(distance).toBeCloseTo((2 * value(Float64Array.from(latent)) * K) / 1.5, 6);
  });

  test('is nothing where a number has no weight', () => {
    const { gradient, distance } = latentScore(latent, clean, new Float32Array(K), scale);
    expect(gradient.every((value) => value === 0)).toBe(true);
    expect(distance).toBe(0);
  });
});

describe('weights of a latent', () => {
  const basis = { width: 7, widths: { torso: 1, arms: 3, head: 1, mouth: 2 } };

  test('are 1 for mouth and looks, and less for what a voice hardly moves', () => {
    const weights = componentWeights(basis, 9, { idle: 0.5 });
    expect([...weights]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1]);
  });

  test('leave out what moves less than half as much as in the clips', () => {
    const of = (body: number, face: number, hand: number) => [
      ...componentWeights(basis, 9, { idle: 0.5, variance: { body, face, hand } }),
    ];
    expect(of(0.4, 1, 1)).toEqual([0, 0, 0, 0, 0.5, 1, 1, 1, 1]);
    expect(of(1, 1, 0.4)).toEqual([0.5, 0, 0, 0, 0.5, 1, 1, 1, 1]);
    expect(of(1, 0.4, 1)).toEqual([0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0]);
  });
});

test('weights rise over the ramp, and the most noise falls from the first step to the last', () => {
  expect([0, 4, 9, 50].map((step) => rampAt({ ramp: 10 }, step))).toEqual([0.1, 0.5, 1, 1]);
  expect(rampAt({ ramp: 0 }, 0)).toBe(1);
  const range = { steps: 11, tauMin: 0.02, tauFirst: 0.6, tauMax: 0.4 };
  const upper = [0, 5, 10].map((step) => noiseRange(range, step)[1]);
  [0.6, 0.5, 0.4].forEach((wanted, i) => expect(upper[i]).toBeCloseTo(wanted, 12));
  expect(noiseRange({ ...range, steps: 1 }, 0)).toEqual([0.02, 0.4]);
});
