import type { Audio } from './audio.ts';
import { MediaError } from './media-error.ts';

/** How long a user's voice may be, seconds. */
export const VOICE_SECONDS = { min: 0.3, max: 300 } as const;

/** A voice whose loudest 50 ms stay below this is silence: −60 dB of full scale. */
const SILENCE_RMS = 1e-3;

/**
 * Refuses a voice that nothing can be said with: empty, too short, too long, silent, or not of numbers.
 *
 * @param name what messages call it
 * @throws MediaError audio-empty, audio-too-short, audio-too-long, audio-silent, audio-format
 */
export function checkVoice(audio: Audio, name = 'audio'): void {
  const { samples, sampleRate } = audio;
  const seconds = samples.length / sampleRate;
  if (samples.length === 0)
    throw new MediaError({
      code: 'media.audio-empty',
      where: name,
      expected: `a voice of ${limits()}`,
      got: 'no sound at all',
      remedy: 'record again',
    });
  if (seconds < VOICE_SECONDS.min)
    throw new MediaError({
      code: 'media.audio-too-short',
      where: `${name}.duration`,
      expected: limits(),
      got: `${seconds.toFixed(2)} s`,
      remedy: 'give a longer recording',
    });
  if (seconds > VOICE_SECONDS.max)
    throw new MediaError({
      code: 'media.audio-too-long',
      where: `${name}.duration`,
      expected: limits(),
      got: `${seconds.toFixed(1)} s`,
      remedy: 'cut it',
    });
  const loudest = loudestRms(samples, Math.max(1, Math.round(sampleRate * 0.05)));
  if (!Number.isFinite(loudest))
    throw new MediaError({
      code: 'media.audio-format',
      where: `${name}.samples`,
      expected: 'finite numbers',
      got: 'NaN or infinity',
      remedy: 'save it as 16-bit PCM',
    });
  if (loudest < SILENCE_RMS) {
    const level = loudest > 0 ? `${(20 * Math.log10(loudest)).toFixed(0)} dB at its loudest` : 'digital zero';
    throw new MediaError({
      code: 'media.audio-silent',
      where: name,
      expected: 'a voice',
      got: `silence (${level})`,
      remedy: 'check the microphone and record again',
    });
  }
}

const limits = (): string => `${VOICE_SECONDS.min} to ${VOICE_SECONDS.max} s`;

/** Root mean square of the loudest window, without its constant part. */
function loudestRms(samples: Float32Array, window: number): number {
  let loudest = 0;
  for (let from = 0; from < samples.length; from += window) {
    const to = Math.min(samples.length, from + window);
    let sum = 0;
    let squares = 0;
    for (let i = from; i < to; i++) {
      sum += samples[i];
      squares += samples[i] * samples[i];
    }
    const count = to - from;
    const variance = squares / count - (sum / count) ** 2;
    if (!Number.isFinite(variance)) return Number.NaN;
    loudest = Math.max(loudest, Math.sqrt(Math.max(0, variance)));
  }
  return loudest;
}
