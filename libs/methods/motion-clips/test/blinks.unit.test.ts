import { describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { ParticleDeformation, RegionName } from '@soliloquy/ports';
import { createRng } from '@soliloquy/tensor';
import { addBlinks, blinksOfClips, findBlinks, withoutBlinks } from '../src/blinks.ts';

const NAMES: readonly RegionName[] = ['torso', 'upperFace', 'upperFace', 'leftEyelid', 'leftEyelid', 'rightEyelid'];
const P = NAMES.length;
const LIDS = [3, 4, 5];
/** Of a lid, world: from its fold to its edge. */
const HEIGHT = 0.03;
/** Share of its way that a lid is down in the frames of a blink. */
const PULSE = [0.4, 1, 1, 0.9, 0.3];

/** A clip in which the face goes up and down, and the lids with it, blinking from some frames on. */
function clip(starts: readonly number[], { frames = 100, pulse = PULSE, way = 0.02 } = {}): ParticleDeformation {
  const translations = new Float32Array(frames * P * 3);
  for (let frame = 0; frame < frames; frame++)
    for (let p = 0; p < P; p++) {
      const at = (frame * P + p) * 3;
      translations[at] = 0.05 * Math.sin(frame / 13);
      translations[at + 1] = 0.04 * Math.sin(frame / 9);
      for (const start of starts)
        if (LIDS.includes(p)) translations[at + 1] += way * (p - 1) * (pulse[frame - start] ?? 0);
    }
  return {
    kind: 'particles',
    frames,
    fps: 25,
    count: 1,
    particles: P,
    positions: Float32Array.from({ length: P * 3 }, (_, i) => (i % 3 === 1 && i / 3 >= 4 ? HEIGHT : 0)),
    regions: Uint8Array.from(NAMES, regionIndex),
    neighbours: 1,
    indices: new Int32Array(1),
    weights: Float32Array.of(1),
    translations,
    rotations: new Float32Array(frames * P * 4),
    logScaleOffsets: new Float32Array(frames * P * 3),
  };
}

describe('blinks of a clip', () => {
  test('are found where they are, whatever the head does', () => {
    expect(findBlinks(clip([30, 62])).map(({ middle }) => middle)).toEqual([32, 64]);
  });

  test('one that the clip cuts, and eyes that are closed for long, are none', () => {
    expect(findBlinks(clip([0, 97]))).toEqual([]);
    expect(findBlinks(clip([30], { pulse: new Array<number>(20).fill(1) }))).toEqual([]);
  });

  test('lids that only tremble do not blink, nor does who has none', () => {
    expect(findBlinks(clip([30, 50], { way: 0.001 }))).toEqual([]);
    const bare = clip([30]);
    expect(findBlinks({ ...bare, regions: new Uint8Array(P) })).toEqual([]);
  });

  test('taken out they leave the lids where the face is, and nothing else changes', () => {
    const [open, blinking] = [clip([]), clip([30, 62])];
    const without = withoutBlinks(blinking, findBlinks(blinking));
    without.forEach((value, i) => expect(value).toBeCloseTo(open.translations[i], 6));
    expect(blinking.translations).toEqual(clip([30, 62]).translations);
  });
});

describe('blinks of a film', () => {
  const clips = [clip([30, 62]), clip([41])];
  const blinks = blinksOfClips(clips, clips.map(findBlinks))!;
  const film = (seconds: number, seed: number): ParticleDeformation => {
    const made = clip([], { frames: 25 * seconds });
    addBlinks(made, blinks, createRng(seed).fork('blinks'));
    return made;
  };

  test('clips without blinks leave nothing to blink by', () => {
    expect(blinksOfClips([clip([])], [[]])).toBeUndefined();
  });

  test('come as often as in the clips: 3 in 8 s', () => {
    expect(blinks.interval).toBeCloseTo(8 / 3, 6);
    const counts = Array.from({ length: 8 }, (_, seed) => findBlinks(film(60, seed)).length);
    for (const count of counts) expect(Math.abs(count - 22)).toBeLessThan(7);
    expect(new Set(counts).size).toBeGreaterThan(1);
  });

  test('the first within three quarters of an interval, whatever the seed', () => {
    for (let seed = 0; seed < 20; seed++) {
      const [first] = findBlinks(film(8, seed));
      expect(first.middle).toBeGreaterThan(0.2 * blinks.interval * 25);
      expect(first.middle).toBeLessThan(0.8 * blinks.interval * 25);
    }
  });

  test('each is as far and as fast as in a clip, and only lids move', () => {
    const made = film(8, 3);
    const open = clip([], { frames: 200 }).translations;
    const way = (frame: number, p: number): number => {
      const at = (frame * P + p) * 3 + 1;
      return made.translations[at] - open[at];
    };
    const { middle } = findBlinks(made)[0];
    PULSE.forEach((share, k) => expect(way(middle - 2 + k, 5)).toBeCloseTo(0.02 * 4 * share, 5));
    for (let frame = 0; frame < 200; frame++) for (const p of [0, 1, 2]) expect(way(frame, p)).toBe(0);
  });

  test('the same seed gives the same film', () => {
    expect(film(20, 5).translations).toEqual(film(20, 5).translations);
    expect(film(20, 5).translations).not.toEqual(film(20, 6).translations);
  });

  test('other lids than those of the clips are refused', () => {
    const other = { ...clip([]), regions: Uint8Array.from(NAMES.slice(0, 4), regionIndex) };
    const translations = new Float32Array(10 * 4 * 3);
    expect(() => addBlinks({ ...other, translations }, blinks, createRng(1))).toThrow(/blinks of the 1 particles/);
  });
});
