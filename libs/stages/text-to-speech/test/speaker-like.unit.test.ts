import { describe, expect, it } from 'vitest';
import type { Audio } from '@soliloquy/ports';
import { seededDraws } from '@soliloquy/random';
import { speechPitch } from '@soliloquy/speech-features';
import { stageContext } from '@soliloquy/testing';
import { VOICES } from '../src/index.ts';
import { run } from '../src/text-to-speech/backbones/flite.ts';
import { OWN_PITCH, someSpeaker, speakerLike } from '../src/text-to-speech/speaker-like.ts';
import type { SpeakerChoice } from '../src/text-to-speech/voices.ts';

const LINE = 'The weather changed so fast that we ran for our jackets.';

async function said(voice: SpeakerChoice, like?: Audio, seed = 1): Promise<Audio> {
  await using ctx = stageContext({ seed });
  return (await run({ text: LINE, file: undefined, like }, { voice, pace: 1, padTo: 0 }, ctx)).audio;
}

/** Hz, in the middle of the voiced frames. */
function pitchOf(audio: Audio): number {
  const frames = Math.floor((50 * audio.samples.length) / audio.sampleRate);
  const voiced = speechPitch(audio, 50, frames)
    .filter((hertz) => hertz > 0)
    .sort();
  return voiced[voiced.length >> 1];
}

describe('a speaker like that of a recording', () => {
  it.each(VOICES)('%s speaks at the pitch that is written down for it', async (voice) => {
    expect(Math.abs(Math.log2(pitchOf(await said(voice)) / OWN_PITCH[voice]))).toBeLessThan(0.1);
  });

  it('is of a voice that is as high or low and not kept for judging, and no two speakers are one', async () => {
    const [woman, man] = [await said('slt'), await said('awb')];
    const speakers = (like: Audio) => Array.from({ length: 12 }, (_, seed) => speakerLike(like, seededDraws(seed)));
    expect(new Set(speakers(woman).map(({ voice }) => voice))).toEqual(new Set(['slt']));
    expect(new Set(speakers(man).map(({ voice }) => voice))).toEqual(new Set(['rms', 'kal16']));
    expect(new Set(speakers(woman).map(({ pace }) => pace)).size).toBe(12);
  });

  it('speaks at about its pitch, the same for the same seed', async () => {
    const like = await said('slt');
    for (const seed of [1, 2, 3])
      expect(Math.abs(Math.log2(pitchOf(await said('like', like, seed)) / pitchOf(like)))).toBeLessThan(0.25);
    const [once, again, other] = [
      await said('like', like, 5),
      await said('like', like, 5),
      await said('like', like, 6),
    ];
    expect(again.samples).toEqual(once.samples);
    expect(other.samples.length).not.toBe(once.samples.length);
  });

  it('needs none to be one of several, of every voice that is not kept for judging', async () => {
    const speakers = Array.from({ length: 12 }, (_, seed) => someSpeaker(seededDraws(seed)));
    expect(new Set(speakers.map(({ voice }) => voice))).toEqual(new Set(['slt', 'rms', 'kal16']));
    for (const { voice, pitch } of speakers) expect(Math.abs(Math.log2(pitch! / OWN_PITCH[voice]))).toBeLessThan(0.12);
    const [once, again] = [await said('several', undefined, 5), await said('several', undefined, 5)];
    expect(again.samples).toEqual(once.samples);
  });

  it('needs a recording, of a voice', async () => {
    await expect(said('like')).rejects.toThrow(/^text-to-speech\.like: expected a recording .*, got nothing; connect/);
    const silence = { sampleRate: 16_000, samples: new Float32Array(16_000) };
    await expect(said('like', silence)).rejects.toThrow(
      /^text-to-speech\.like: expected a recording of a voice, got a sound in which none is heard; connect/,
    );
  });
});
