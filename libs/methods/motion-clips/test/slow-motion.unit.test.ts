import { beforeEach, describe, expect, it } from 'vitest';
import { REGIONS, type ParticleDeformation, type RegionName } from '@soliloquy/ports';
import { withSlowMotionOf } from '../src/slow-motion.ts';

const FRAMES = 125;
const NAMES: readonly RegionName[] = ['torso', 'head', 'head', 'lowerLip', 'leftHand'];

/** Particles that go along x as `path` says, by seconds. */
function clip(path: (particle: number, t: number) => number): ParticleDeformation {
  const P = NAMES.length;
  const translations = new Float32Array(FRAMES * P * 3);
  for (let f = 0; f < FRAMES; f++) for (let p = 0; p < P; p++) translations[(f * P + p) * 3] = path(p, f / 25);
  const regions = Uint8Array.from(NAMES, (name) => REGIONS.findIndex((region) => region.name === name));
  return {
    kind: 'particles',
    frames: FRAMES,
    fps: 25,
    particles: P,
    translations,
    regions,
  } as unknown as ParticleDeformation;
}
const quick = (p: number, t: number): number => 0.01 * (p + 1) * Math.sin(2 * Math.PI * 5 * t);
const slow = (p: number, t: number): number => 0.1 * Math.sin(2 * Math.PI * 0.1 * t + p * 0.1);

describe('a clip with the slow motion of another', () => {
  const a = clip((p, t) => quick(p, t) + 0.05 * Math.cos(2 * Math.PI * 0.12 * t));
  const b = clip((p, t) => slow(p, t) + 0.02 * Math.sin(2 * Math.PI * 7 * t));
  let mixed: Float32Array;
  beforeEach(() => {
    mixed = withSlowMotionOf(a, b, 0.3);
  });
  const at = (data: Float32Array, frame: number, particle: number): number =>
    data[(frame * NAMES.length + particle) * 3];
  const inner = Array.from({ length: 65 }, (_, i) => i + 30);

  it('drifts as the other and shakes as itself', () => {
    for (const p of [0, 1, 2]) {
      for (const f of inner)
        expect(Math.abs(at(mixed, f, p) - (slow(p, f / 25) + quick(p, f / 25)))).toBeLessThan(0.006);
    }
  });

  it('keeps what lips do on their head and hands on their torso', () => {
    const onHead = (data: Float32Array, frame: number): number =>
      at(data, frame, 3) - (at(data, frame, 1) + at(data, frame, 2)) / 2;
    const onTorso = (data: Float32Array, frame: number): number => at(data, frame, 4) - at(data, frame, 0);
    for (let f = 0; f < FRAMES; f++) {
      expect(onHead(mixed, f)).toBeCloseTo(onHead(a.translations, f), 7);
      expect(onTorso(mixed, f)).toBeCloseTo(onTorso(a.translations, f), 7);
    }
  });

  it('is the clip itself when the other is the clip', () => {
    expect(withSlowMotionOf(a, a, 0.3)).toEqual(a.translations);
  });
});
