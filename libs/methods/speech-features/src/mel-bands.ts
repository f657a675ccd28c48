/** Mel of O'Shaughnessy (1987): 2595 log10(1 + f / 700). */
export function melOfHertz(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700);
}

/** Inverse of `melOfHertz`. */
export function hertzOfMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1);
}

/** A triangular band: weight `weights[i]` on bin `first + i`. */
export interface Band {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Triangular bands, equally wide on the mel scale (Davis and Mermelstein 1980), each of sum 1 before the emphasis 1 +
 * (f / 500 Hz)², which lifts speech by 6 dB an octave above 500 Hz so that bands are of like size. Bands above half the
 * sample rate are empty.
 *
 * @param count    number of bands
 * @param range    of all of them, Hz
 * @param spectrum Hz between two of its bins, and how many it has
 */
export function melBands(
  count: number,
  range: { readonly low: number; readonly high: number },
  spectrum: { readonly binHz: number; readonly bins: number },
): Band[] {
  const { binHz, bins } = spectrum;
  const [low, high] = [melOfHertz(range.low), melOfHertz(range.high)];
  const edges = Array.from({ length: count + 2 }, (_, i) => hertzOfMel(low + ((high - low) * i) / (count + 1)));
  return Array.from({ length: count }, (_, b) => {
    const [left, centre, right] = [edges[b], edges[b + 1], edges[b + 2]];
    const first = Math.max(0, Math.floor(left / binHz));
    const last = Math.min(bins - 1, Math.ceil(right / binHz));
    const raw = Float64Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
      const f = (first + i) * binHz;
      // A band narrower than a bin still hears its nearest bin.
      return Math.max(
        0,
        Math.min(
          (f - left + binHz / 2) / (centre - left + binHz / 2),
          (right - f + binHz / 2) / (right - centre + binHz / 2),
        ),
      );
    });
    const sum = raw.reduce((a, w) => a + w, 0);
    return { first, weights: raw.map((w, i) => (sum > 0 ? (w / sum) * (1 + (((first + i) * binHz) / 500) ** 2) : 0)) };
  });
}
