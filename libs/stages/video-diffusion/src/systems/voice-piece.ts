import type { Audio } from '@soliloquy/media';

/**
 * A part of a voice with silence before it, filled up with silence to an exact length.
 *
 * @param from    seconds of the voice
 * @param before  seconds of silence
 * @param seconds of the whole
 */
export function voicePiece({ samples, sampleRate }: Audio, from: number, before: number, seconds: number): Audio {
  const piece = new Float32Array(Math.round(seconds * sampleRate));
  const silence = Math.round(before * sampleRate);
  const start = Math.round(from * sampleRate);
  piece.set(samples.subarray(start, start + Math.max(0, piece.length - silence)), silence);
  return { sampleRate, samples: piece };
}
