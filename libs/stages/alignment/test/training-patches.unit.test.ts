import { beforeEach, describe, expect, test } from 'vitest';
import { AUDIO_CONTEXT, audioWindows, createMotionLayout, standardiseMotion } from '@soliloquy/gaussian-codec';
import { speechFeatures } from '@soliloquy/speech-features';
import { openEars } from '@soliloquy/speech-features/hearing';
import { createRng, type Tensor } from '@soliloquy/tensor';
import { heardClips } from '../src/alignment/clips.ts';
import { trainingPatches, type PatchBatch } from '../src/alignment/training-patches.ts';
import { clip, FPS, rig, voice } from './small-person.ts';

const bytesOf = ({ data }: Tensor): string => Buffer.from(data.buffer).toString('base64');
const given = [clip(26), clip(25), clip(28)];
const voices = given.map(({ frames }) => voice(frames));
const ears = await openEars({ hearing: 'mel' });
const clips = await heardClips(given, voices, ears);
const layout = createMotionLayout(
  rig.positions,
  rig.regions,
  given.map(({ translations }) => translations),
);

describe('clips to align', () => {
  test('hear their own voice, frame by frame', () => {
    clips.forEach(({ deformation, features, width }, i) => {
      expect(deformation).toBe(given[i]);
      const heard = speechFeatures(voices[i], { fps: FPS, frames: given[i].frames });
      expect(width).toBe(heard.dims);
      expect(features).toEqual(heard.data);
    });
  });

  test.each<[string, string, () => Promise<unknown>, string]>([
    [
      'a voice is missing',
      'stage.clip-mismatch',
      () => heardClips(given, voices.slice(1), ears),
      'alignment.audio: expected 3 voices, one for each deformation, got 2; ',
    ],
    [
      'one is not by particles',
      'stage.deformation-kind',
      () => heardClips([given[0], { kind: 'dense' } as never], voices.slice(1), ears),
      'alignment.deformation[1]: expected a deformation by particles, got a dense one; ',
    ],
    [
      'one has more particles',
      'stage.clip-mismatch',
      () => heardClips([given[0], { ...given[1], particles: 7 }], voices.slice(1), ears),
      'alignment.deformation[1]: expected the particles of the first clip, got others; ',
    ],
    [
      'one has particles elsewhere',
      'stage.clip-mismatch',
      () => heardClips([given[0], { ...given[1], positions: rig.positions.map((x) => x + 1) }], voices.slice(1), ears),
      'alignment.deformation[1]: expected the particles of the first clip, got others; ',
    ],
    [
      'one is shorter than a patch',
      'stage.clip-short',
      () => heardClips([given[0], clip(24)], voices.slice(1), ears),
      'alignment.deformation: expected clips of at least 25 frames, got one of 24; ',
    ],
  ])('are refused where %s', async (_what, code, read, message) => {
    await expect(read()).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});

describe('patches of training', () => {
  const PATCHES = 5;
  const tokenSize = layout.tokens * 3;
  const heardSize = (2 * AUDIO_CONTEXT + 1) * clips[0].width;
  let batches: PatchBatch[];
  beforeEach(() => {
    batches = Array.from({ length: 20 }, trainingPatches(clips, layout, PATCHES, createRng('patches')));
  });
  const motions = given.map(({ translations }) => standardiseMotion(layout, translations));
  const heard = clips.map(({ features, deformation, width }) => audioWindows(features, deformation.frames, width));

  test('have the shapes that they say, and noise of unit deviation', () => {
    const [{ tokens, windows, noise }] = batches;
    expect(tokens.shape).toEqual([PATCHES * 25, layout.tokens, 3]);
    expect(windows.shape).toEqual([PATCHES * 25, 2 * AUDIO_CONTEXT + 1, clips[0].width]);
    expect(noise.shape).toEqual([PATCHES * 25, 192]);
    const variance = noise.data.reduce((sum, value) => sum + value * value, 0) / noise.data.length;
    expect(variance).toBeGreaterThan(0.95);
    expect(variance).toBeLessThan(1.05);
    expect(batches[1].noise.data).not.toEqual(noise.data);
  });

  test('are 25 frames of one clip with what is heard at them, from its first frame to its last', () => {
    const seen = new Set<string>();
    for (const { tokens, windows } of batches)
      for (let patch = 0; patch < PATCHES; patch++) {
        const own = tokens.data.slice(patch * 25 * tokenSize, (patch + 1) * 25 * tokenSize);
        const places = motions.flatMap((motion, c) =>
          Array.from({ length: given[c].frames - 24 }, (_, from) => ({ c, from })).filter(({ from }) =>
            own.every((value, i) => value === motion[from * tokenSize + i]),
          ),
        );
        expect(places).toHaveLength(1);
        const [{ c, from }] = places;
        seen.add(`${c} ${from}`);
        const shown = windows.data.slice(patch * 25 * heardSize, (patch + 1) * 25 * heardSize);
        const wanted = heard[c].slice(from * heardSize, (from + 25) * heardSize);
        expect(Buffer.from(shown.buffer).equals(Buffer.from(wanted.buffer))).toBe(true);
      }
    expect(seen.size).toBe(2 + 1 + 4);
  });

  test('are the same for the same seed', () => {
    const again = trainingPatches(clips, layout, PATCHES, createRng('patches'));
    const { tokens, windows, noise } = again();
    const first = batches[0];
    expect([tokens, windows, noise].map(bytesOf)).toEqual([first.tokens, first.windows, first.noise].map(bytesOf));
  });
});
