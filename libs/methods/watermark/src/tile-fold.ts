import FFT from 'fft.js';
import { LAYOUT, TILE } from './mark-tile.ts';

/** Bins of a folded tile across a chip. */
const PER_CHIP = 2;
/** Bins on a side of a folded tile. */
export const BINS = TILE * PER_CHIP;

/** What of a picture may be a mark: f32 [height, width]. */
export interface PictureResidual {
  readonly width: number;
  readonly height: number;
  readonly residual: Float32Array;
}

/** A picture's residual laid over itself, tile upon tile, and each bin weighed over the chip that would begin there. */
export type Fold = Float64Array;

/**
 * Lays all tiles of a picture over one another.
 *
 * @param picture its residual, f32 [height, width]
 * @param chip side of a chip in this picture, pixels
 * @param from where in the picture bins are counted from, pixels
 * @returns f64 [128, 128]; at each bin what a chip that begins there shows, by its own shape (a tent of two chips)
 */
export function foldResidual(
  { width, height, residual }: PictureResidual,
  chip: number,
  from: readonly [number, number] = [0, 0],
): Fold {
  const bin = chip / PER_CHIP;
  const column = Int32Array.from({ length: width }, (_, x) => wrapped(Math.floor((x + 0.5 - from[0]) / bin)));
  const bins = new Float64Array(BINS * BINS);
  for (let y = 0, i = 0; y < height; y++) {
    const row = wrapped(Math.floor((y + 0.5 - from[1]) / bin)) * BINS;
    for (let x = 0; x < width; x++, i++) bins[row + column[x]] += residual[i];
  }
  return withoutTones(overTent(bins));
}

/** No wave of a fold may be stronger than this many times the mean. */
const LOUDEST = 4;

/** A fold with its strongest waves made weaker: stripes and tiles of the picture, which add up as the mark does. */
function withoutTones(fold: Fold): Fold {
  const waves = new Float64Array(2 * fold.length);
  for (let i = 0; i < fold.length; i++) waves[2 * i] = fold[i];
  const spectrum = transformed(waves, false);
  const strengths = fold.map((_, i) => Math.hypot(spectrum[2 * i], spectrum[2 * i + 1]));
  const most = (LOUDEST * strengths.reduce((sum, value) => sum + value, 0)) / strengths.length;
  for (let i = 0; i < strengths.length; i++) {
    const share = Math.min(1, most / (strengths[i] || 1));
    spectrum[2 * i] *= share;
    spectrum[2 * i + 1] *= share;
  }
  const back = transformed(spectrum, true);
  return fold.map((_, i) => back[2 * i]);
}

/** The fold of the picture flipped left to right. */
export function mirrored(fold: Fold): Fold {
  // A chip that begins at bin b covers b and b + 1; flipped it begins at −2 − b.
  return fold.map((_, i) => fold[i - (i % BINS) + ((2 * BINS - PER_CHIP - (i % BINS)) % BINS)]);
}

/**
 * How well the chips that are the same in every mark fit, for each place where the tile may begin, in a fold and in
 * another: they go through one transform as its real and its imaginary part.
 *
 * @returns two of f64 [128, 128], in standard deviations
 */
export function correlateSync(fold: Fold, other: Fold): [Float64Array, Float64Array] {
  const both = new Float64Array(2 * fold.length);
  for (let i = 0; i < fold.length; i++) {
    both[2 * i] = fold[i];
    both[2 * i + 1] = other[i];
  }
  const seen = transformed(both, false);
  for (let i = 0; i < seen.length; i += 2) {
    const [a, b, c, d] = [seen[i], seen[i + 1], SYNC[i], -SYNC[i + 1]];
    seen[i] = a * c - b * d;
    seen[i + 1] = a * d + b * c;
  }
  const back = transformed(seen, true);
  return [inDeviations(back, 0), inDeviations(back, 1)];
}

function inDeviations(complex: Float64Array, part: 0 | 1): Float64Array {
  const values = new Float64Array(complex.length / 2);
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = complex[2 * i + part];
    squares += values[i] ** 2;
  }
  const spread = Math.sqrt(squares / values.length) || 1;
  for (let i = 0; i < values.length; i++) values[i] /= spread;
  return values;
}

/**
 * What each chip of the tile shows, when the tile begins at a bin: f64 [64, 64], by row.
 *
 * @param bin row · 128 + column
 */
export function chipsAt(fold: Fold, bin: number): Float64Array {
  const [row, column] = [Math.floor(bin / BINS), bin % BINS];
  return Float64Array.from({ length: TILE * TILE }, (_, i) => {
    const y = (row + PER_CHIP * Math.floor(i / TILE)) % BINS;
    return fold[y * BINS + ((column + PER_CHIP * (i % TILE)) % BINS)];
  });
}

function wrapped(bin: number): number {
  return ((bin % BINS) + BINS) % BINS;
}

/** Weights of the bins from one before a chip's first to one behind its last. */
const TENT = [0.25, 0.75, 0.75, 0.25];

function overTent(bins: Float64Array): Fold {
  const [before, own, next, behind] = TENT;
  const across = new Float64Array(bins.length);
  const both = new Float64Array(bins.length);
  const last = BINS - 1;
  for (let row = 0; row < bins.length; row += BINS)
    for (let x = 0; x < BINS; x++)
      across[row + x] =
        before * bins[row + ((x - 1) & last)] +
        own * bins[row + x] +
        next * bins[row + ((x + 1) & last)] +
        behind * bins[row + ((x + 2) & last)];
  for (let y = 0; y < BINS; y++) {
    const rows = [y - 1, y, y + 1, y + 2].map((row) => (row & last) * BINS);
    for (let x = 0; x < BINS; x++)
      both[y * BINS + x] =
        before * across[rows[0] + x] +
        own * across[rows[1] + x] +
        next * across[rows[2] + x] +
        behind * across[rows[3] + x];
  }
  return both;
}

const LINE = new FFT(BINS);
const [GIVEN, TURNED] = [LINE.createComplexArray(), LINE.createComplexArray()];

/** Discrete Fourier transform of f64 [128, 128, 2], interleaved, or its inverse. */
function transformed(complex: Float64Array, inverse: boolean): Float64Array {
  const rows = complex.slice();
  const along = (start: number, stride: number): void => {
    for (let k = 0; k < BINS; k++) {
      GIVEN[2 * k] = rows[start + 2 * k * stride];
      GIVEN[2 * k + 1] = rows[start + 2 * k * stride + 1];
    }
    if (inverse) LINE.inverseTransform(TURNED, GIVEN);
    else LINE.transform(TURNED, GIVEN);
    for (let k = 0; k < BINS; k++) {
      rows[start + 2 * k * stride] = TURNED[2 * k];
      rows[start + 2 * k * stride + 1] = TURNED[2 * k + 1];
    }
  };
  for (let row = 0; row < BINS; row++) along(2 * row * BINS, 1);
  for (let column = 0; column < BINS; column++) along(2 * column, BINS);
  return rows;
}

/** Transform of the chips that are the same in every mark, each at the bin where it begins. */
const SYNC = (() => {
  const places = new Float64Array(2 * BINS * BINS);
  LAYOUT.bit.forEach((bit, chip) => {
    const bin = PER_CHIP * (Math.floor(chip / TILE) * BINS + (chip % TILE));
    if (bit < 0) places[2 * bin] = LAYOUT.sign[chip];
  });
  return transformed(places, false);
})();
