import { resample } from '@soliloquy/media';
import type { Audio, Timings } from '@soliloquy/ports';
import type { StageContext } from '@soliloquy/stage';
import { padTo } from '../pad-to.ts';
import { SPEECH_SAMPLE_RATE } from '../voices.ts';
import { phoneTimings, type HeardPhone } from './phone-timings.ts';
import type { Spoken } from './speech-network.ts';

/** An utterance as a voice's symbols. */
export interface Utterance {
  readonly text: string;
  /** As `phoneTimings` takes them, one per id. */
  readonly symbols: readonly string[];
  readonly ids: Int32Array;
}

/** A voice that says one utterance after another. */
export interface Speaking {
  readonly sampleRate: number;
  readonly utterances: readonly Utterance[];
  /** Silence between utterances, seconds. */
  readonly pause: number;
  say(utterance: Utterance): Promise<Spoken>;
}

/** Says all utterances, at the rate of every voice here; timings where the network gives durations of all of them. */
export async function speak(
  { sampleRate, utterances, pause, say }: Speaking,
  padSeconds: number,
  ctx: StageContext,
): Promise<{ audio: Audio; timings: Timings | undefined }> {
  const sounds: Float32Array[] = [];
  const phones: HeardPhone[] = [];
  let [length, timed] = [0, true];
  for (const [index, utterance] of utterances.entries()) {
    await ctx.step(index, utterances.length, `saying "${utterance.text.slice(0, 40)}"`);
    const said = await say(utterance);
    const { samples } = resample({ sampleRate, samples: said.samples }, SPEECH_SAMPLE_RATE);
    const [seconds, offset] = [samples.length / SPEECH_SAMPLE_RATE, length / SPEECH_SAMPLE_RATE];
    if (said.durations === undefined) timed = false;
    else phones.push(...phoneTimings(utterance.symbols, said.durations, seconds, offset));
    const silence = index === utterances.length - 1 ? 0 : Math.round(pause * SPEECH_SAMPLE_RATE);
    sounds.push(samples, new Float32Array(silence));
    length += samples.length + silence;
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const sound of sounds) {
    samples.set(sound, at);
    at += sound.length;
  }
  const audio = padTo({ sampleRate: SPEECH_SAMPLE_RATE, samples }, padSeconds);
  return { audio, timings: timed && phones.length > 0 ? { phones } : undefined };
}
