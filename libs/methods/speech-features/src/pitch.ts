import type { Audio } from '@soliloquy/ports';
import { PowerSpectrum } from './power-spectrum.ts';

const LOWEST_HZ = 60;
const HIGHEST_HZ = 1200;
const PITCHES_HZ = { low: 70, high: 400 };
/** What a period loses for each octave that it is longer: two periods are as like each other as one (Boersma 1993). */
const OCTAVE_COST = 0.02;
/** Less periodic frames have no pitch (Boersma's voicing threshold). */
const VOICED = 0.45;

/** How periodic a sound is at each frame. */
export interface Periodicity {
  /** f64 [F] 0 … 1: highest normalised autocorrelation for a pitch of 70 … 400 Hz */
  readonly strength: Float64Array;
  /** f64 [F] Hz, 0 where there is no period at all */
  readonly hertz: Float64Array;
}

/**
 * Autocorrelation of the sound between 60 and 1200 Hz under a Hann window of 40 ms, divided by that of the window
 * (Boersma 1993). Frame f is centred at (f + 0.5) / fps.
 */
export function periodicity(audio: Audio, fps: number, frames: number): Periodicity {
  const { samples, sampleRate } = audio;
  const spectrum = new PowerSpectrum(samples, sampleRate, 0.04, 2);
  const [shortest, longest] = [Math.floor(sampleRate / PITCHES_HZ.high), Math.ceil(sampleRate / PITCHES_HZ.low)];
  const window = spectrum.windowAutocorrelation(longest + 1);
  const power = new Float64Array(spectrum.bins);
  const [strength, hertz] = [new Float64Array(frames), new Float64Array(frames)];
  for (let f = 0; f < frames; f++) {
    spectrum.at((f + 0.5) / fps, power);
    for (let k = 0; k < power.length; k++)
      if (k * spectrum.binHz > HIGHEST_HZ || k * spectrum.binHz < LOWEST_HZ) power[k] = 0;
    const lags = spectrum.autocorrelation(power);
    if (lags[0] <= 1e-12) continue;
    let [best, likeliest] = [0, -Infinity];
    for (let lag = shortest; lag <= longest; lag++) {
      // Only a peak is a period: near lag 0 everything is like itself.
      if (lags[lag] < lags[lag - 1] || lags[lag] < lags[lag + 1]) continue;
      const like = lags[lag] / lags[0] / Math.max(window[lag], 0.2);
      best = Math.max(best, like);
      if (like - OCTAVE_COST * Math.log2(lag) <= likeliest) continue;
      likeliest = like - OCTAVE_COST * Math.log2(lag);
      hertz[f] = sampleRate / (lag + vertex(lags[lag - 1], lags[lag], lags[lag + 1]));
    }
    strength[f] = Math.min(1, best);
  }
  return { strength, hertz };
}

/**
 * Fundamental frequency at each frame of a film, by `periodicity`: f32 [F] Hz, 0 where the sound is not voiced. A frame
 * hears ± 20 ms around (f + 0.5) / fps. Silence has no pitch; what is quiet has one all the same.
 */
export function speechPitch(audio: Audio, fps: number, frames: number): Float32Array {
  const { strength, hertz } = periodicity(audio, fps, frames);
  return Float32Array.from(hertz, (pitch, f) => (strength[f] >= VOICED ? pitch : 0));
}

/** Where the parabola through three neighbours has its top, from the middle one; −0.5 … 0.5. */
function vertex(before: number, at: number, after: number): number {
  const curve = before - 2 * at + after;
  return curve < 0 ? (before - after) / (2 * curve) : 0;
}
