import type { Image } from '@soliloquy/media';

/** Bins of a channel. */
const BINS = 16;
/** Fewer pixels than this say nothing of a color. */
const LEAST = 60;
/** A color of which a limb has less than this share is not its own. */
const UNLIKE = 1e-3;
/** Colors that overlap more than this (Bhattacharyya 1943) do not tell a sleeve from a shirt. */
const ALIKE = 0.45;
/** Odds are believed up to this, ln. */
const MOST = 4;

/** How likely a color is of a limb rather than of what is beside it: log odds, −4 … 4; pixels by their index. */
export type ColorOdds = (index: number) => number;

/** Pixels that surely are not of a limb, by their index. */
export interface Beside {
  readonly trunk: readonly number[];
  /** of the same arm: counts where its color is another (a sleeve beside a hand), not where it is the same skin */
  readonly arm: readonly number[];
}

/**
 * Compares the colors of a limb with those beside it by histograms of 16³ bins, each smoothed over its neighbours.
 *
 * @param limb indices of pixels that surely are the limb
 * @returns    undefined where one of the sets is too small to say anything, or both have the same colors
 */
export function colorOdds(image: Image, limb: readonly number[], { trunk, arm }: Beside): ColorOdds | undefined {
  if (limb.length < LEAST) return undefined;
  const p = histogram(image, limb);
  const beside = [...trunk, ...arm.filter((index) => p[binOf(image, index)] < UNLIKE)];
  if (beside.length < LEAST) return undefined;
  const q = histogram(image, beside);
  if (p.reduce((sum, value, i) => sum + Math.sqrt(value * q[i]), 0) > ALIKE) return undefined;
  const odds = p.map((value, i) => Math.min(MOST, Math.max(-MOST, Math.log((value + 1e-5) / (q[i] + 1e-5)))));
  return (index) => odds[binOf(image, index)];
}

function binOf({ data }: Image, index: number): number {
  const bin = (c: number): number => (data[4 * index + c] * BINS) >> 8;
  return (bin(0) * BINS + bin(1)) * BINS + bin(2);
}

/** f32 [16³], adds up to 1. */
function histogram(image: Image, pixels: readonly number[]): Float32Array {
  let counts = new Float32Array(BINS ** 3);
  for (const index of pixels) counts[binOf(image, index)] += 1 / pixels.length;
  for (const stride of [1, BINS, BINS * BINS]) {
    const smoothed = new Float32Array(counts.length);
    for (let i = 0; i < counts.length; i++) {
      const place = Math.floor(i / stride) % BINS;
      const before = place > 0 ? counts[i - stride] : counts[i];
      const after = place < BINS - 1 ? counts[i + stride] : counts[i];
      smoothed[i] = 0.25 * before + 0.5 * counts[i] + 0.25 * after;
    }
    counts = smoothed;
  }
  return counts;
}
