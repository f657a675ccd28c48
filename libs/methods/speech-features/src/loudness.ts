import type { Audio } from '@soliloquy/ports';

/** What counts as no sound at all: speech is never lifted by more than this. RMS, full scale 1. */
export const QUIETEST_SPEECH_RMS = 10 ** (-50 / 20);
/** The envelope is 1 at this level above the utterance's loud frames, so that it seldom saturates. */
const ENVELOPE_FULL_DB = 3;
/** Below this level, relative to the utterance's loud frames, the envelope is 0. */
const ENVELOPE_FLOOR_DB = -34;

/**
 * Root mean square of the sound under a Hann window of two frames' length, centred at (f + 0.5) / fps. f64 [frames],
 * full scale 1.
 */
export function frameRms(audio: Audio, fps: number, frames: number): Float64Array {
  const { samples, sampleRate } = audio;
  const half = sampleRate / fps;
  return Float64Array.from({ length: frames }, (_, f) => {
    const centre = ((f + 0.5) / fps) * sampleRate;
    let sum = 0;
    let weight = 0;
    for (let i = Math.ceil(centre - half); i <= centre + half; i++) {
      const w = 0.5 + 0.5 * Math.cos((Math.PI * (i - centre)) / half);
      const x = samples[i] ?? 0;
      sum += w * x * x;
      weight += w;
    }
    return Math.sqrt(sum / Math.max(weight, 1e-9));
  });
}

/**
 * Level of an utterance's loud frames, to which every level is related: the 90th percentile of the RMS over frames of
 * 40 ms that are within 40 dB of the loudest, at least −50 dBFS so that the noise of a silent recording is not taken
 * for speech. Full scale 1. Computed over the whole sound, so a sound cut to `frames` has the reference of its whole.
 */
export function referenceRms(audio: Audio): number {
  const rms = frameRms(audio, 25, Math.max(1, Math.ceil((audio.samples.length / audio.sampleRate) * 25)));
  return Math.max(loudLevel(rms) ?? 0, QUIETEST_SPEECH_RMS);
}

/** The 90th percentile of the levels that are within 40 dB of the loudest; undefined without any. */
export function loudLevel(rms: Float64Array): number | undefined {
  const loudest = rms.reduce((a, b) => Math.max(a, b), 0);
  const active = rms.filter((x) => x >= loudest * 0.01).sort();
  return active[Math.floor(0.9 * (active.length - 1))];
}

/**
 * How loud the speech is at each frame of a film, from 0 (pause) to 1 (3 dB above the reference, which the loud tenth
 * of the utterance reaches). ((rms / full)^0.6 − floor) / (1 − floor), clipped: loudness goes with the 0.6th power of
 * pressure (Stevens 1957). Zero phase: frame f hears (f + 0.5) / fps ± one frame.
 *
 * @param fps    frames a second
 * @param frames F; frames after the end of the sound are silent
 * @returns      f32 [F] 0 … 1
 */
export function speechEnvelope(audio: Audio, fps: number, frames: number): Float32Array {
  const reference = referenceRms(audio);
  return Float32Array.from(frameRms(audio, fps, frames), (rms) => envelopeOf(rms, reference));
}

/** One frame of `speechEnvelope`, by the level of the loud frames. */
export function envelopeOf(rms: number, reference: number): number {
  const full = reference * 10 ** (ENVELOPE_FULL_DB / 20);
  const floor = 10 ** ((0.6 * (ENVELOPE_FLOOR_DB - ENVELOPE_FULL_DB)) / 20);
  return Math.min(1, Math.max(0, ((rms / full) ** 0.6 - floor) / (1 - floor)));
}
