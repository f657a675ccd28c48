import { resample } from '@soliloquy/media';
import type { Flite, Said } from './flite-program.ts';
import { SPEECH_SAMPLE_RATE, type Voice } from './voices.ts';

/** How far a speaker is from the voice that speaks. */
export interface Speaker {
  readonly voice: Voice;
  /** of the vocal tract: formants (and pitch with them) are this many times as high */
  readonly tract: number;
  /** Hz; absent: the voice's own */
  readonly pitch: number | undefined;
  /** how fast it speaks in the end */
  readonly pace: number;
}

/**
 * A text by a speaker who is not the voice itself. A shorter vocal tract is the sound played faster: pitch and pace are
 * set against it before, so that the three do not depend on each other (`rms` has no pitch of its own to set: there it
 * goes with the tract).
 */
export async function saidBy(flite: Flite, text: string, { voice, tract, pitch, pace }: Speaker): Promise<Said> {
  const said = await flite.say(text, voice, pace / tract, pitch === undefined ? undefined : pitch / tract);
  // Whole hundreds: a resampler has few phases then.
  const rate = 100 * Math.round((SPEECH_SAMPLE_RATE * tract) / 100);
  const audio = resample({ sampleRate: rate, samples: said.audio.samples }, SPEECH_SAMPLE_RATE);
  const stretch = SPEECH_SAMPLE_RATE / rate;
  const until = audio.samples.length / SPEECH_SAMPLE_RATE;
  // kal16 cuts its last pause short of what it prints.
  const phones = said.phones
    .map(({ phone, start, end }) => ({ phone, start: start * stretch, end: Math.min(end * stretch, until) }))
    .filter(({ start, end }) => start < end);
  return { audio, phones };
}
