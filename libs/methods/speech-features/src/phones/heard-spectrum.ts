import type { Audio } from '@soliloquy/media';
import { resample } from '@soliloquy/media/resample';
import { melBands, type Band } from '../mel-bands.ts';
import { PowerSpectrum } from '../power-spectrum.ts';

/** Rate that the encoder hears at. Hz */
export const HEARD_RATE = 16_000;
/** Spectra a second. */
export const HOPS_PER_SECOND = 100;
/** Samples from one hop to the next. */
export const HOP = HEARD_RATE / HOPS_PER_SECOND;
export const WINDOW_SECONDS = 0.025;
const BANDS = 40;
/** Numbers of one hop: levels of the bands, and how loud it is. */
export const HEARD_WIDTH = BANDS + 1;

/** What counts as no sound. dB, of a band's power per Hz after emphasis */
const SILENCE_DB = -110;
/** The loudest level so far is at least this. dB */
const FAINTEST_PEAK_DB = -75;
/** The loudest level is forgotten by this much a second. dB */
const PEAK_FALL_DB = 4;
/** A band's mean so far, of speech, relative to the loudest level: what is believed before anything is heard. dB */
const TYPICAL_DB = -14;
/** That belief counts as much as this many hops of speech. */
const BELIEF_HOPS = 50;
/** Hops after which what was heard counts 1/e. */
const MEMORY_HOPS = 400;

/**
 * What the encoder hears: 40 log-mel levels (60 Hz … 7.6 kHz, Hann windows of 25 ms) every 10 ms, each less its mean
 * over the speech so far, and the level of all less the loudest so far. Hop h depends on no sound after h / 100 s, and
 * hardly on how loud the recording is.
 *
 * @param audio  mono, any rate
 * @param hops   how many from 0 on; after the sound's end silence is heard
 * @param before hops before the sound begins: silence
 * @returns      f32 [before + hops, 41], per 15 dB
 */
export function heardSpectrum(audio: Audio, hops: number, before = 0): Float32Array {
  const { samples } = resample(audio, HEARD_RATE);
  const heard = new HeardHops(samples);
  const out = new Float32Array((before + hops) * HEARD_WIDTH);
  for (let hop = -before; hop < hops; hop++)
    heard.hear(
      (hop * HOP) / HEARD_RATE - WINDOW_SECONDS / 2,
      out.subarray((before + hop) * HEARD_WIDTH, (before + hop + 1) * HEARD_WIDTH),
    );
  return out;
}

/** What is heard hop after hop of one sound; each hop changes what later ones are compared with. */
export class HeardHops {
  readonly #spectrum: PowerSpectrum;
  readonly #bands: readonly Band[];
  readonly #power: Float64Array;
  readonly #levels = new Float64Array(BANDS);
  readonly #ears = new Ears();

  /** @param samples f32 at `HEARD_RATE`; may change between hops */
  constructor(samples: Float32Array) {
    this.#spectrum = new PowerSpectrum(samples, HEARD_RATE, WINDOW_SECONDS);
    this.#bands = melBands(BANDS, { low: 60, high: 7600 }, this.#spectrum);
    this.#power = new Float64Array(this.#spectrum.bins);
  }

  /** @param centre of the window, s @param into f32 [41], written */
  hear(centre: number, into: Float32Array): void {
    this.#spectrum.at(centre, this.#power);
    for (let b = 0; b < BANDS; b++) {
      const { first, weights } = this.#bands[b];
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * this.#power[first + i];
      this.#levels[b] = Math.max(SILENCE_DB, 10 * Math.log10(sum + 1e-12));
    }
    this.#ears.hear(this.#levels, into);
  }
}

/** Means and the loudest level of what was heard so far. */
class Ears {
  #peak = FAINTEST_PEAK_DB;
  #weight = 0;
  readonly #sums = new Float64Array(BANDS);
  #smooth = SILENCE_DB;

  /** @param levels f64 [bands] dB @param into f32 [41], written */
  hear(levels: Float64Array, into: Float32Array): void {
    const level = levels.reduce((sum, x) => sum + x, 0) / BANDS;
    this.#smooth = Math.max(this.#smooth - 3, 0.6 * this.#smooth + 0.4 * level);
    this.#peak = Math.max(FAINTEST_PEAK_DB, this.#peak - PEAK_FALL_DB / HOPS_PER_SECOND, this.#smooth);
    // Only what is not far below the loudest is speech.
    const isSpeech = 1 / (1 + Math.exp((this.#peak - 22 - level) / 3));
    const keep = Math.exp(-1 / MEMORY_HOPS);
    this.#weight = keep * this.#weight + isSpeech;
    for (let b = 0; b < BANDS; b++) {
      // Sums are of what is relative to the peak of its time.
      this.#sums[b] = keep * this.#sums[b] + isSpeech * (levels[b] - this.#peak);
      const mean = this.#peak + (this.#sums[b] + BELIEF_HOPS * TYPICAL_DB) / (this.#weight + BELIEF_HOPS);
      into[b] = Math.max(-3, Math.min(3, (levels[b] - mean) / 15));
    }
    into[BANDS] = Math.max(-4, (level - this.#peak) / 15);
  }
}
