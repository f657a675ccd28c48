import type { Audio } from './audio.ts';
import { decodeCompressedAudio } from './decode-compressed-audio.ts';
import { MediaError } from './media-error.ts';
import { decodeWav, isWav } from './wav.ts';

export interface DecodeAudioOptions {
  /** What messages call the sound. Default `audio` */
  readonly name?: string;
  /** seconds; default 0 */
  readonly minSeconds?: number;
  /** seconds; default none */
  readonly maxSeconds?: number;
  /** Told, in a sentence, what was done to the sound that its giver should know. */
  readonly notice?: (message: string) => void;
}

/**
 * A recording as mono at its own rate: WAV (PCM 8, 16, 24, 32, float 32, 64, A-law, µ-law), MP3, M4A, OGG (Opus,
 * FLAC), FLAC; channels averaged, or the loudest alone where they cancel one another. Whether a voice is in it is for
 * `checkVoice` to say.
 *
 * @throws MediaError of another format, truncated, too short, too long
 */
export async function decodeAudio(bytes: Uint8Array, options: DecodeAudioOptions = {}): Promise<Audio> {
  const { name = 'audio', minSeconds = 0, maxSeconds = Number.POSITIVE_INFINITY, notice = () => {} } = options;
  if (bytes.length === 0)
    throw new MediaError({
      code: 'media.audio-empty',
      where: name,
      expected: 'a WAV, MP3, M4A, OGG or FLAC recording',
      got: 'an empty file',
      remedy: 'give another recording',
    });
  const audio = isWav(bytes)
    ? decodeWav(bytes, name, notice)
    : await decodeCompressedAudio(bytes, { name, maxSeconds, notice });
  const seconds = audio.samples.length / audio.sampleRate;
  if (seconds > maxSeconds)
    throw new MediaError({
      code: 'media.audio-too-long',
      where: `${name}.duration`,
      expected: `at most ${maxSeconds} s`,
      got: `${seconds.toFixed(1)} s`,
      remedy: 'cut it',
    });
  if (seconds < minSeconds && seconds > 0)
    throw new MediaError({
      code: 'media.audio-too-short',
      where: `${name}.duration`,
      expected: `at least ${minSeconds} s`,
      got: `${seconds.toFixed(2)} s`,
      remedy: 'give a longer recording',
    });
  return audio;
}
