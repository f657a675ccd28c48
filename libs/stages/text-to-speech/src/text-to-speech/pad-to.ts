import type { Audio } from '@soliloquy/ports';

/** The sound with silence after it up to `seconds`; longer sound stays as it is. */
export function padTo(audio: Audio, seconds: number): Audio {
  const length = Math.round(seconds * audio.sampleRate);
  if (audio.samples.length >= length) return audio;
  const samples = new Float32Array(length);
  samples.set(audio.samples);
  return { sampleRate: audio.sampleRate, samples };
}
