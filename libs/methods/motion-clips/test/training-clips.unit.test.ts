import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAlignedSpace, type AlignedSpace } from '@soliloquy/gaussian-codec';
import { audioCondition } from '@soliloquy/motion-transformer';
import type { Deformation } from '@soliloquy/ports';
import { speechEnvelope, speechFeatures } from '@soliloquy/speech-features';
import { openEars } from '@soliloquy/speech-features/hearing';
import { partVariance } from '../src/global-variance.ts';
import { bestShift, withArmsOf } from '../src/other-arms.ts';
import { withSlowMotionOf } from '../src/slow-motion.ts';
import { learnedClips, meanPartVariance, voicedClips } from '../src/training-clips.ts';
import { clip, FPS, FRAMES, spaceOf, voice } from './small-person.ts';

const NOTHING = { slowMotion: 0, arms: 'own' } as const;
const DRIFT = { slowMotion: 0.3, arms: 'own' } as const;
const clips = [clip(), clip(), clip(FRAMES + 3), clip()];
const voices = clips.map(({ frames }) => voice(frames));
const voiced = voicedClips(clips, voices, { frames: 8, stage: 'motion-training' });
const ears = await openEars({ hearing: 'mel' });

describe('clips to learn', () => {
  let space: AlignedSpace;
  beforeAll(async () => {
    space = await openAlignedSpace(spaceOf(clips), 1);
  });
  afterAll(() => space.dispose());

  test('keep each clip with its voice', () => {
    expect(voiced.map(({ deformation }) => deformation)).toEqual(clips);
    expect(voiced.map(({ audio }) => audio)).toEqual(voices);
  });

  test('are x_t as it is, then with the slow motion of the clips after it that are as long', async () => {
    const learned = await learnedClips(voiced, { space, ears }, DRIFT);
    expect(learned.map(({ frames, latents }) => [frames, latents.length])).toEqual([
      [FRAMES, 3],
      [FRAMES, 3],
      [FRAMES + 3, 1],
      [FRAMES, 3],
    ]);
    expect(learned[1].latents).toEqual([
      await space.encode(clips[1].translations),
      await space.encode(withSlowMotionOf(clips[1], clips[3], 0.3)),
      await space.encode(withSlowMotionOf(clips[1], clips[0], 0.3)),
    ]);
  });

  test('are learned with the arms of others too, where both voices are loud together', async () => {
    const [first] = await learnedClips(voiced.slice(0, 2), { space, ears }, { ...DRIFT, arms: 'others' });
    const drifting = withSlowMotionOf(clips[0], clips[1], 0.3);
    const envelopes = voices.map((sound) => speechEnvelope(sound, FPS, FRAMES));
    const later = bestShift(envelopes[0], envelopes[1], FPS);
    expect(first.latents[1]).toEqual(await space.encode(withArmsOf(drifting, clips[1], later)));
    const [armsAlone] = await learnedClips(voiced.slice(0, 2), { space, ears }, { ...NOTHING, arms: 'others' });
    expect(armsAlone.latents[1]).toEqual(await space.encode(withArmsOf(clips[0].translations, clips[1], later)));
  });

  test('have no arms of a clip whose hands rest', async () => {
    const resting = {
      ...voiced[1],
      deformation: { ...clips[1], translations: new Float32Array(clips[1].translations.length) },
    };
    const [first] = await learnedClips(
      [voiced[0], resting, voiced[3]],
      { space, ears },
      { ...NOTHING, arms: 'others' },
    );
    const [own, other] = [voices[0], voices[3]].map((sound) => speechEnvelope(sound, FPS, FRAMES));
    const moved = await space.encode(withArmsOf(clips[0].translations, clips[3], bestShift(own, other, FPS)));
    expect(first.latents.slice(1)).toEqual([moved, moved]);
  });

  test('hear their own voice at their own rate', async () => {
    const [, second] = await learnedClips(voiced, { space, ears }, NOTHING);
    const heard = speechFeatures(voices[1], { fps: FPS, frames: FRAMES });
    expect(second.condition).toEqual(audioCondition(heard.data, await space.embedAudio(heard.data), FRAMES));
  });

  test('are learned only as they are where nothing of others is wanted', async () => {
    const learned = await learnedClips(voiced, { space, ears }, NOTHING);
    expect(learned.map(({ latents }) => latents.length)).toEqual([1, 1, 1, 1]);
  });

  test('are learned with at most eight others', async () => {
    const eleven = Array.from({ length: 11 }, () => voiced[0]);
    const learned = await learnedClips(eleven, { space, ears }, DRIFT);
    expect(learned.map(({ latents }) => latents.length)).toEqual(new Array(11).fill(9));
  }, 60_000);

  test('of another rate are no partners', async () => {
    const slower = { ...voiced[1], deformation: { ...clips[1], fps: 20 } };
    const learned = await learnedClips([voiced[0], slower], { space, ears }, DRIFT);
    expect(learned.map(({ latents }) => latents.length)).toEqual([1, 1]);
  });
});

test('the variance of the clips is the mean of theirs, part by part', () => {
  const each = clips.map(({ translations, regions }) => partVariance(translations, regions));
  const mean = meanPartVariance(voiced);
  expect(mean).toHaveLength(3);
  mean.forEach((value, part) =>
    expect(value).toBeCloseTo(each.reduce((sum, variance) => sum + variance[part], 0) / clips.length, 5),
  );
});

test('clips of just T frames can be learned', () => {
  expect(voicedClips(clips.slice(0, 2), voices.slice(0, 2), { frames: FRAMES, stage: 'motion-training' })).toEqual([
    { deformation: clips[0], audio: voices[0] },
    { deformation: clips[1], audio: voices[1] },
  ]);
});

test.each<[string, string, () => unknown, string]>([
  [
    'a voice is missing',
    'stage.clip-mismatch',
    () => voicedClips(clips, voices.slice(1), { frames: 8, stage: 'motion-training' }),
    'motion-training.audio: expected 4 voices, one for each deformation, got 3; ',
  ],
  [
    'one is not by particles',
    'stage.deformation-kind',
    () =>
      voicedClips([clips[0], { kind: 'dense', frames: 12 } as Deformation], voices.slice(2), {
        frames: 8,
        stage: 'motion-training',
      }),
    'motion-training.deformation[1]: expected a deformation by particles, got a dense one; ',
  ],
  [
    'one is shorter than T',
    'stage.clip-short',
    () => voicedClips(clips, voices, { frames: FRAMES + 1, stage: 'motion-training' }),
    `motion-training.deformation[0]: expected at least T = ${FRAMES + 1} frames, got ${FRAMES}; `,
  ],
])('are refused where %s', (_what, code, read, message) => {
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
});
