import { Fault } from '@soliloquy/fault';
import type { Audio } from './audio.ts';

/** Zero crossings of the sinc on each side. */
const CROSSINGS = 48;
/** Of the lower Nyquist frequency: the transition band then ends there, −6 dB in its middle. */
const CUTOFF = 0.94;
/** Kaiser window: about −90 dB in the stop band. */
const BETA = 9;

/**
 * The same sound at another rate, band-limited: y[m] = Σ_k x[k] h(m · from/to − k), h a Kaiser-windowed sinc that ends
 * at the lower of the two Nyquist frequencies (Smith, Digital Audio Resampling), each phase summing to 1. Nothing is
 * delayed: sample 0 stays at time 0.
 *
 * @param sampleRate Hz, whole
 * @returns          round(length · to / from) samples
 */
export function resample(audio: Audio, sampleRate: number): Audio {
  if (!Number.isInteger(sampleRate) || sampleRate < 1)
    throw new Fault({
      code: 'media.argument',
      where: 'resample.sampleRate',
      expected: 'a whole number of Hz',
      got: `${sampleRate}`,
      remedy: 'round it',
      audience: 'author',
    });
  const { samples, sampleRate: from } = audio;
  if (sampleRate === from) return audio;
  const { half, up, down, at } = resamplingFilter(from, sampleRate);
  const out = new Float32Array(Math.round((samples.length * up) / down));
  for (let m = 0; m < out.length; m++) {
    const { centre, taps } = at(m);
    const first = centre - half + 1;
    const start = Math.max(0, -first);
    const end = Math.min(taps.length, samples.length - first);
    let sum = 0;
    for (let k = start; k < end; k++) sum += taps[k] * samples[first + k];
    out[m] = sum;
  }
  return { sampleRate, samples: out };
}

/** What a sample of the other rate is made of. */
export interface ResamplingFilter {
  /** samples on either side of a point that count for it */
  readonly half: number;
  /** samples out for `down` in */
  readonly up: number;
  readonly down: number;
  /** Sample m: f64 [2 half] weights `taps` of the samples centre − half + 1 … centre + half. */
  readonly at: (m: number) => { readonly centre: number; readonly taps: Float64Array };
}

/** The filter of `resample`. Both rates in whole Hz. */
export function resamplingFilter(from: number, to: number): ResamplingFilter {
  const divisor = gcd(from, to);
  const up = to / divisor;
  const down = from / divisor;
  const cutoff = CUTOFF * Math.min(1, up / down);
  const half = Math.ceil(CROSSINGS / Math.min(1, up / down));
  const phases = new Map<number, Float64Array>();
  return {
    half,
    up,
    down,
    at(m) {
      const position = m * down;
      const phase = position % up;
      let taps = phases.get(phase);
      if (!taps) phases.set(phase, (taps = phaseTaps(phase / up, half, cutoff)));
      return { centre: (position - phase) / up, taps };
    },
  };
}

/** f64 [2 half]: weights of the samples centre − half + 1 … centre + half for a point `fraction` after the centre. */
function phaseTaps(fraction: number, half: number, cutoff: number): Float64Array {
  const taps = new Float64Array(2 * half);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const x = k - half + 1 - fraction;
    const ratio = x / half;
    const window = Math.abs(ratio) < 1 ? bessel0(BETA * Math.sqrt(1 - ratio * ratio)) / bessel0(BETA) : 0;
    const phase = Math.PI * cutoff * x;
    taps[k] = (Math.abs(x) < 1e-9 ? 1 : Math.sin(phase) / phase) * window;
    sum += taps[k];
  }
  for (let k = 0; k < taps.length; k++) taps[k] /= sum;
  return taps;
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
