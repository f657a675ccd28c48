import { expect, test } from 'vitest';
import type { ParticleDeformation } from '@soliloquy/ports';
import { resampleDeformation } from '../src/index.ts';

/** One particle that swings and turns at 0.7 Hz. */
function swinging(fps: number, frames: number): ParticleDeformation {
  const phase = (f: number): number => (2 * Math.PI * 0.7 * f) / fps;
  return {
    kind: 'particles',
    frames,
    fps,
    count: 1,
    particles: 1,
    positions: new Float32Array(3),
    regions: new Uint8Array(1),
    neighbours: 1,
    indices: new Int32Array(1),
    weights: Float32Array.of(1),
    translations: Float32Array.from({ length: frames * 3 }, (_, i) => Math.sin(phase(Math.floor(i / 3)))),
    rotations: Float32Array.from({ length: frames }, (_, f) => 0.5 * Math.sin(phase(f)))
      .reduce<number[]>((all, angle) => [...all, Math.cos(angle / 2), 0, 0, Math.sin(angle / 2)], [])
      .reduce((out, value, i) => ((out[i] = value), out), new Float32Array(frames * 4)),
    logScaleOffsets: new Float32Array(frames * 3),
  };
}

const worst = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

test('motion at 16 frames a second becomes what it is at 25, in time', () => {
  const made = resampleDeformation(swinging(16, 80), 25);
  const truth = swinging(25, 125);
  expect([made.frames, made.fps]).toEqual([125, 25]);
  // Beyond the last frame there is nothing to go by.
  const inside = 3 * 122;
  expect(worst(made.translations.subarray(0, inside), truth.translations)).toBeLessThan(0.004);
  expect(worst(made.rotations.subarray(0, 4 * 122), truth.rotations)).toBeLessThan(0.004);
});

test('its own frames stay, and its own rate changes nothing', () => {
  const deformation = swinging(12.5, 20);
  const doubled = resampleDeformation(deformation, 25);
  for (let f = 0; f < 20; f++) expect(doubled.translations[6 * f]).toBeCloseTo(deformation.translations[3 * f], 6);
  expect(resampleDeformation(deformation, 12.5)).toBe(deformation);
});
