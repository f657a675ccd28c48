/** Levels of one frame, and what of them is fixed: shared by what hears a whole recording and what hears a stream. */

export const MELS = 26;
export const LOWEST_HZ = 60;
export const HIGHEST_HZ = 8000;
/** Scalars after the mel bands and their slopes, in the order they are stored. */
export const SCALARS = [
  'envelope',
  'envelopeSlope',
  'voicing',
  'zeroCrossing',
  'centroid',
  'lowBand',
  'midBand',
  'highBand',
] as const;

/**
 * Level of each band that the per-utterance mean is shrunk to: read speech, relative to the reference, after emphasis.
 * dB.
 */
export const TYPICAL_BAND_DB = -42;
/** The per-utterance mean counts as much as this many seconds of typical speech. */
export const SHRINKAGE_SECONDS = 2;
/** Per-band levels are clipped to this range, relative to the utterance's loud frames. dB */
export const FLOOR_DB = -80;
/** A band's level below the mean by more than this is none. dB */
export const QUIETEST_DB = -30;
/** Levels are divided by this. dB */
export const PER_DB = 15;
/** Envelope from which a frame counts as speech. */
export const SPOKEN = 0.15;

/** Names of the features of a frame, in their order. */
export const MEL_NAMES: readonly string[] = [
  ...Array.from({ length: MELS }, (_, b) => `mel${String(b).padStart(2, '0')}`),
  ...Array.from({ length: MELS }, (_, b) => `melSlope${String(b).padStart(2, '0')}`),
  ...SCALARS,
];

/**
 * Moments and band levels of one mean spectrum, already relative to the reference. `presence` 0 … 1 fades what a pause
 * has no value for.
 */
export function spectralShape(power: Float64Array, binHz: number, presence: number) {
  let total = 1e-12;
  let first = 0;
  let second = 0;
  const band = { low: 0, mid: 0, high: 0 };
  for (let k = 0; k < power.length; k++) {
    const f = k * binHz;
    if (f < LOWEST_HZ || f > HIGHEST_HZ) continue;
    const p = power[k] * binHz;
    total += p;
    first += p * f;
    second += p * f * f;
    if (f >= 80 && f < 400) band.low += p;
    else if (f >= 400 && f < 2200) band.mid += p;
    else if (f >= 3000) band.high += p;
  }
  const level = (p: number) => Math.min(1.5, Math.max(0, (decibels(p) + 30) / 30));
  return {
    zeroCrossing: (presence * Math.sqrt(second / total)) / 4000,
    centroid: (presence * first) / total / 4000,
    lowBand: level(2 * band.low),
    midBand: level(2 * band.mid),
    highBand: level(2 * band.high),
  };
}

/** Least-squares slope per frame over f − reach … f + reach, ends repeated. */
export function slope(value: (frame: number) => number, f: number, frames: number, reach: number): number {
  let sum = 0;
  let weight = 0;
  for (let d = -reach; d <= reach; d++) {
    sum += d * value(Math.min(frames - 1, Math.max(0, f + d)));
    weight += d * d;
  }
  return sum / weight;
}

/** 10 log10 of a power. */
export function decibels(power: number): number {
  return 10 * Math.log10(power + 1e-12);
}
