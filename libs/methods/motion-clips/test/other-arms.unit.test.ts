import { describe, expect, it } from 'vitest';
import { REGIONS, type ParticleDeformation, type RegionName } from '@soliloquy/ports';
import { bestShift, withArmsOf } from '../src/other-arms.ts';

const FRAMES = 60;
const FPS = 25;
const NAMES: readonly RegionName[] = ['torso', 'torso', 'leftShoulder', 'head', 'leftForearm', 'rightHand'];
const P = NAMES.length;

/** Particles that go along x and y as told, by frame. */
function clip(path: (particle: number, frame: number) => number): ParticleDeformation {
  const translations = new Float32Array(FRAMES * P * 3);
  for (let f = 0; f < FRAMES; f++)
    for (let p = 0; p < P; p++) translations.set([path(p, f), -2 * path(p, f), 0], (f * P + p) * 3);
  const regions = Uint8Array.from(NAMES, (name) => REGIONS.findIndex((region) => region.name === name));
  return { frames: FRAMES, fps: FPS, particles: P, translations, regions } as unknown as ParticleDeformation;
}
const x = (data: Float32Array, frame: number, particle: number): number => data[(frame * P + particle) * 3];
const torso = (data: Float32Array, frame: number): number => (x(data, frame, 0) + x(data, frame, 1)) / 2;

describe('a motion with the arms of another clip', () => {
  const a = clip((p, f) => 0.01 * p + 0.02 * Math.sin(0.3 * f));
  const b = clip((p, f) => 0.05 * p * Math.sin(0.2 * f + p));

  it('has on its own torso what the other has on its torso, so much later, and stands still outside of it', () => {
    const mixed = withArmsOf(a.translations, b, 7);
    for (let f = 0; f < FRAMES; f++)
      for (const p of [4, 5]) {
        const from = Math.max(0, f - 7);
        const onTorso = x(b.translations, from, p) - torso(b.translations, from);
        expect(x(mixed, f, p) - torso(mixed, f)).toBeCloseTo(onTorso, 6);
      }
  });

  it('keeps torso, shoulders and head, and is itself with its own arms', () => {
    const mixed = withArmsOf(a.translations, b, 7);
    for (let f = 0; f < FRAMES; f++) for (const p of [0, 1, 2, 3]) expect(x(mixed, f, p)).toBe(x(a.translations, f, p));
    withArmsOf(a.translations, a, 0).forEach((value, i) => expect(value).toBeCloseTo(a.translations[i], 7));
  });
});

describe('the shift at which two voices are loud together', () => {
  const loud = (at: number): Float32Array =>
    Float32Array.from({ length: FRAMES }, (_, f) => Math.exp(-(((f - at) / 4) ** 2)));

  it.each([
    [30, 22, 8],
    [22, 30, -8],
    [30, 30, 0],
  ])('is that of their peaks at %i and %i', (of, other, shift) => {
    expect(bestShift(loud(of), loud(other), FPS)).toBe(shift);
  });

  it('is at most a second, and there is one in silence', () => {
    expect(Math.abs(bestShift(loud(55), loud(5), FPS))).toBeLessThanOrEqual(FPS);
    expect(Math.abs(bestShift(new Float32Array(FRAMES), loud(5), FPS))).toBeLessThanOrEqual(FPS);
  });
});
