import type { Audio } from '@soliloquy/ports';
import { melBands } from './mel-bands.ts';
import { PowerSpectrum } from './power-spectrum.ts';

/** Frames a second that loudness is looked at in, and seconds that each hears. */
const RATE = 50;
const WINDOW = 0.046;
const MELS = 40;
/** Hz */
const RANGE = { low: 60, high: 8000 };
/** dB: silence is so far below the loudest band of the whole sound, and below this level in any. */
const FLOOR = 80;
const SILENCE = -140;
/** Seconds around a peak: it is the highest since `before`, and above the mean of `around` by `DELTA`. */
const PEAK = { before: 0.03, around: 0.1, apart: 0.03 };
/** Of the greatest rise of the sound. */
const DELTA = 0.07;

/**
 * Onsets of a sound: peaks of the spectral flux of its mel bands, Σ_b max(0, L_b(t) − L_b(t − 1)) of levels in dB
 * (Dixon 2006), picked as librosa's `onset_detect` does (McFee et al. 2015; Böck et al. 2012): the highest of the last
 * 30 ms, 0.07 of the sound's greatest above the mean of ±100 ms, at least 30 ms after the one before.
 *
 * @param audio mono, any rate
 * @returns     seconds, ascending; none in silence
 */
export function onsetTimes(audio: Audio): number[] {
  const flux = spectralFlux(audio);
  const [least, greatest] = [Math.min(...flux), Math.max(...flux)];
  if (!(greatest > least)) return [];
  const rise = flux.map((value) => (value - least) / (greatest - least));
  const [before, around, apart] = [PEAK.before, PEAK.around, PEAK.apart].map((seconds) => Math.ceil(seconds * RATE));
  const onsets: number[] = [];
  let last = -Infinity;
  rise.forEach((value, t) => {
    const highest = rise.subarray(Math.max(0, t - before), t + 2).reduce((a, b) => Math.max(a, b));
    const near = rise.subarray(Math.max(0, t - around), t + around + 1);
    const mean = near.reduce((a, b) => a + b) / near.length;
    if (value < highest || value < mean + DELTA || t - last <= apart) return;
    last = t;
    onsets.push((t + 0.5) / RATE);
  });
  return onsets;
}

/** f64 [frames]; frame t is about (t + 0.5) / RATE seconds, and what it rose from one frame before. */
function spectralFlux({ samples, sampleRate }: Audio): Float64Array {
  const spectrum = new PowerSpectrum(samples, sampleRate, WINDOW);
  const bands = melBands(MELS, RANGE, spectrum);
  const frames = Math.max(1, Math.ceil((samples.length / sampleRate) * RATE));
  const power = new Float64Array(spectrum.bins);
  const levels = new Float64Array(frames * MELS);
  for (let t = 0; t < frames; t++) {
    spectrum.at((t + 0.5) / RATE, power);
    bands.forEach(({ first, weights }, b) => {
      const sum = weights.reduce((total, weight, i) => total + weight * power[first + i], 0);
      levels[t * MELS + b] = 10 * Math.log10(sum + 1e-20);
    });
  }
  const floor = Math.max(SILENCE, levels.reduce((a, b) => Math.max(a, b), -Infinity) - FLOOR);
  const level = (t: number, b: number): number => (t < 0 ? floor : Math.max(floor, levels[t * MELS + b]));
  return Float64Array.from({ length: frames }, (_, t) => {
    let sum = 0;
    for (let b = 0; b < MELS; b++) sum += Math.max(0, level(t, b) - level(t - 1, b));
    return sum;
  });
}
