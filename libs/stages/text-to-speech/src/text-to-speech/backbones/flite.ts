import type { Audio } from '@soliloquy/ports';
import { seededDraws } from '@soliloquy/random';
import { StageError, type RunOf } from '@soliloquy/stage';
import { openFlite } from '../flite-program.ts';
import { padTo } from '../pad-to.ts';
import { saidBy, type Speaker } from '../said-by.ts';
import { speakable, utterances } from '../speakable.ts';
import { someSpeaker, speakerLike } from '../speaker-like.ts';
import type { textToSpeechStage } from '../stage.ts';
import { SPEECH_SAMPLE_RATE, type SpeakerChoice, type Voice } from '../voices.ts';

/** Speech by Flite, utterance after utterance, with the phones' times. */
export const run: RunOf<typeof textToSpeechStage, 'flite'> = async (
  { text, like },
  { voice, pace, padTo: seconds },
  ctx,
) => {
  if (text === undefined)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'text-to-speech.text',
      expected: 'a text',
      got: 'nothing',
      remedy: 'connect one',
    });
  const spoken = speakable(text);
  if (!/[\p{L}\p{N}]/u.test(spoken)) {
    const got = text.trim() === '' ? 'an empty one' : `"${text.trim().slice(0, 40)}", of which Flite can say nothing`;
    throw new StageError({
      code: 'stage.empty-text',
      where: 'text-to-speech.text',
      expected: 'a text with words in Latin letters',
      got,
      remedy: 'write what is to be said',
    });
  }
  const speaker = speakerOf({ voice, pace }, like, ctx.seed);
  const parts = utterances(spoken);
  const flite = await openFlite(await ctx.scratch());
  const sounds: Float32Array[] = [];
  const phones: { phone: string; start: number; end: number }[] = [];
  let length = 0;
  for (const [index, part] of parts.entries()) {
    // Flite is synchronous: a cancellation is heard between utterances only.
    await ctx.step(index, parts.length, `saying "${part.slice(0, 40)}"`);
    const said = 'tract' in speaker ? await saidBy(flite, part, speaker) : await flite.say(part, speaker.voice, pace);
    const offset = length / SPEECH_SAMPLE_RATE;
    // kal16 cuts its last pause short of what it prints.
    const until = said.audio.samples.length / SPEECH_SAMPLE_RATE;
    for (const { phone, start, end } of said.phones)
      if (start < until) phones.push({ phone, start: start + offset, end: Math.min(end, until) + offset });
    sounds.push(said.audio.samples);
    length += said.audio.samples.length;
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const sound of sounds) {
    samples.set(sound, at);
    at += sound.length;
  }
  return { audio: padTo({ sampleRate: SPEECH_SAMPLE_RATE, samples }, seconds), timings: { phones } };
};

/** A voice as it is, or somebody about one. */
function speakerOf(
  { voice, pace }: { readonly voice: SpeakerChoice; readonly pace: number },
  like: Audio | undefined,
  seed: number,
): Speaker | { readonly voice: Voice; readonly pace: number } {
  if (voice !== 'several' && voice !== 'like') return { voice, pace };
  const speaker = voice === 'like' ? speakerLike(recordingOf(like), seededDraws(seed)) : someSpeaker(seededDraws(seed));
  return { ...speaker, pace: speaker.pace * pace };
}

/** @throws StageError `stage.missing-input` */
function recordingOf(like: Audio | undefined): Audio {
  if (like) return like;
  throw new StageError({
    code: 'stage.missing-input',
    where: 'text-to-speech.like',
    expected: 'a recording that the voice is to be like',
    got: 'nothing',
    remedy: 'connect one, or choose a voice',
  });
}
