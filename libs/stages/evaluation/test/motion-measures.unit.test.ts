import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { Gaussians, ParticleDeformation } from '@soliloquy/ports';
import { correlation, lagCorrelation } from '@soliloquy/signal';
import { accelerationError, meanMotion, motionVariance, type PointMotion } from '../src/evaluation/motion-measures.ts';

const motion = (frames: number, at: (frame: number) => [number, number]): PointMotion => ({
  frames,
  points: 1,
  positions: Float64Array.from(Array.from({ length: frames }, (_, f) => at(f)).flat()),
});

describe('acceleration error', () => {
  test('of a thrown stone against one that stands still is its acceleration', () => {
    const thrown = motion(10, (f) => [3 * f, 0.5 * f * f]);
    expect(accelerationError(undefined, thrown)).toBeCloseTo(1, 12);
  });

  test('is worked by hand for three frames: |(0,2) − (1,0)| = √5', () => {
    const given = motion(3, (f) => [0, f === 1 ? -1 : 0]);
    const truth = motion(3, (f) => [f === 1 ? -0.5 : 0, 0]);
    expect(accelerationError(given, truth)).toBeCloseTo(Math.sqrt(5), 12);
  });

  test('does not see a constant offset or velocity', () => {
    const truth = motion(20, (f) => [Math.sin(f), Math.cos(f)]);
    const moved = motion(20, (f) => [Math.sin(f) + 5 + 0.3 * f, Math.cos(f) - 2]);
    expect(accelerationError(moved, truth)).toBeLessThan(1e-12);
  });

  test('the mean clip is the mean at each frame, as long as the shortest', () => {
    const mean = meanMotion([motion(4, (f) => [f, 0]), motion(3, (f) => [0, f])]);
    expect(mean.frames).toBe(3);
    expect([...mean.positions]).toEqual([0, 0, 0.5, 0.5, 1, 1]);
  });
});

test('variance of motion is in pixels of the film at the depth of each particle; a part without any is absent', () => {
  const gaussians = { camera: { fx: 100 } } as Gaussians;
  // Two frames, x at ±a and y at ±b: variance a² + b² in world units.
  const still = [0, 0, 0];
  const deformation = {
    particles: 3,
    regions: Uint8Array.of(regionIndex('torso'), regionIndex('torso'), regionIndex('leftHand')),
    positions: Float32Array.of(0, 0, 5, 0, 0, 10, 0, 0, 4),
    translations: Float32Array.of(...still, ...still, ...still, 0.5, 1, 7, 2, 0, 7, 0, 0.5, 7),
  } as ParticleDeformation;
  const [near, far] = [(0.25 ** 2 + 0.5 ** 2) * 20 ** 2, 1 ** 2 * 10 ** 2];
  const { body, hand, ...rest } = motionVariance(gaussians, [deformation]);
  expect(body).toBeCloseTo((near + far) / 2, 9);
  expect(hand).toBeCloseTo(0.25 ** 2 * 25 ** 2, 9);
  expect(rest).toStrictEqual({});
});

describe('correlation over lags', () => {
  const voice = Float64Array.from({ length: 80 }, (_, i) => Math.sin(i * 0.7) + Math.sin(i * 0.31));

  test.each([-3, 0, 2, 5])('finds a mouth that is late by %s frames', (late) => {
    const mouth = Float64Array.from({ length: 80 }, (_, i) => 2 * (voice[i - late] ?? 0) + 1);
    const found = lagCorrelation(mouth, voice, 12);
    expect(found.lag).toBe(late);
    expect(found.best).toBeGreaterThan(0.99);
  });

  test('a frozen mouth correlates with nothing', () => {
    expect(lagCorrelation(new Float64Array(80), voice, 12).best).toBe(0);
  });

  test.each([-12, 12])('searches as far as it says: %s frames', (late) => {
    const mouth = Float64Array.from({ length: 80 }, (_, i) => 2 * (voice[i - late] ?? 0) + 1);
    expect(lagCorrelation(mouth, voice, 12).lag).toBe(late);
    expect(lagCorrelation(mouth, voice, 11).lag).not.toBe(late);
  });

  test('compares as many frames as both have', () => {
    const mouth = Float64Array.from({ length: 80 }, (_, i) => 2 * (voice[i - 4] ?? 0) + 1);
    for (const [a, b] of [
      [mouth, voice.subarray(0, 50)],
      [mouth.subarray(0, 50), voice],
    ])
      expect(lagCorrelation(a, b, 12)).toEqual(lagCorrelation(mouth.subarray(0, 50), voice.subarray(0, 50), 12));
    expect(correlation([1, 2, 3, 4, 100], [2, 4, 6, 9])).toBe(correlation([1, 2, 3, 4], [2, 4, 6, 9]));
    expect(correlation([1, 2, 3, 4], [2, 4, 6, 9, -7])).toBe(correlation([1, 2, 3, 4], [2, 4, 6, 9]));
  });

  test('leaves out lags at which fewer than three frames meet: two always lie on a line', () => {
    const found = lagCorrelation([0, 1, 3, 2, 5], [9, 0, 0, 1.2, 3], 4);
    expect(found.lag).toBe(-2);
    // Of (0, 1, 3) and (0, 1.2, 3).
    const [a, b, ab] = [10 / 3 - 16 / 9, 10.44 / 3 - 1.96, 10.2 / 3 - (4 / 3) * 1.4];
    expect(found.best).toBeCloseTo(ab / Math.sqrt(a * b), 12);
  });

  test('a voice that does not change goes with nothing, nor does a mouth', () => {
    expect(correlation([1, 2, 4], [5, 5, 5])).toBe(0);
    expect(correlation([5, 5, 5], [1, 2, 4])).toBe(0);
    expect(correlation([0, 1e-4, 2e-4], [1, 2, 4])).toBeGreaterThan(0.9);
  });

  test("is Pearson's", () => {
    expect(correlation([1, 2, 3, 4], [2, 4, 6, 9])).toBeCloseTo(11.5 / Math.sqrt(5 * 26.75), 12);
  });
});
