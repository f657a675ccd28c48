import FFT from 'fft.js';

/** A real sound's spectrum, to be multiplied bin by bin and turned back. */
export interface Spectrum {
  /** a power of two, at least as long as what was asked for */
  readonly size: number;
  /** complex, interleaved, bins 0 … size / 2 */
  readonly bins: Float64Array;
}

/** @param length the transform is at least this long: room for what a filter rings on */
export function spectrumOf(samples: ArrayLike<number>, length = samples.length): Spectrum {
  let size = 16;
  while (size < Math.max(length, samples.length)) size *= 2;
  const fft = new FFT(size);
  const input = new Array<number>(size).fill(0);
  for (let i = 0; i < samples.length; i++) input[i] = samples[i];
  const output = fft.createComplexArray();
  fft.realTransform(output, input);
  return { size, bins: Float64Array.from(output.slice(0, size + 2)) };
}

/** The first `length` samples of the sound of a spectrum. */
export function soundOf({ size, bins }: Spectrum, length: number): Float32Array {
  const fft = new FFT(size);
  const full = fft.createComplexArray();
  for (let k = 0; k <= size / 2; k++) {
    full[2 * k] = bins[2 * k];
    full[2 * k + 1] = bins[2 * k + 1];
    if (k === 0 || k === size / 2) continue;
    full[2 * (size - k)] = bins[2 * k];
    full[2 * (size - k) + 1] = -bins[2 * k + 1];
  }
  const out = fft.createComplexArray();
  fft.inverseTransform(out, full);
  return Float32Array.from({ length }, (_, i) => out[2 * i]);
}
