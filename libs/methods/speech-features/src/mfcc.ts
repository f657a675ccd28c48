import FFT from 'fft.js';
import { hertzOfMel, melOfHertz } from './mel-bands.ts';

const RATE = 16_000;
/** samples of a window, from one window to the next, of the transform */
const [WINDOW, HOP, SIZE] = [400, 160, 512];
const [FILTERS, CEPSTRA, LIFTER, EMPHASIS] = [26, 13, 22, 0.97];
/** i16 per unit of a sample: the reference reads WAV files of 16 bits. */
const FULL_SCALE = 32_768;

/** samples at 16 kHz from one row of `mfcc` to the next */
export const MFCC_HOP = HOP;

/**
 * Mel cepstra as python_speech_features gives them by default (`mfcc`, Lyons 2012), which SyncNet was trained on:
 * pre-emphasis 0.97, windows of 25 ms every 10 ms without a taper, power over 512, 26 triangles on whole bins, log,
 * orthonormal DCT-II, sinusoidal lifter 22; the first is the log energy.
 *
 * @param samples f32 16 kHz, -1 … 1; rounded to 16 bits
 * @returns       f32 [rows, 13], rows = 1 + ⌈(samples − 400) / 160⌉, the end padded with silence
 */
export function mfcc(samples: Float32Array): { readonly rows: number; readonly data: Float32Array } {
  const rows = samples.length <= WINDOW ? 1 : 1 + Math.ceil((samples.length - WINDOW) / HOP);
  const data = new Float32Array(rows * CEPSTRA);
  const sound = emphasised(samples);
  const filters = triangles();
  const fft = new FFT(SIZE);
  const input = new Array<number>(SIZE).fill(0);
  const output = fft.createComplexArray();
  const power = new Float64Array(SIZE / 2 + 1);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < WINDOW; i++) input[i] = sound[row * HOP + i] ?? 0;
    fft.realTransform(output, input);
    let energy = 0;
    for (let k = 0; k < power.length; k++) energy += power[k] = (output[2 * k] ** 2 + output[2 * k + 1] ** 2) / SIZE;
    const logs = filters.map((weights) => Math.log(weights.reduce((sum, w, k) => sum + w * power[k], 0) || EPSILON));
    data.set(cepstra(logs), row * CEPSTRA);
    data[row * CEPSTRA] = Math.log(energy || EPSILON);
  }
  return { rows, data };
}

/** What stands for a band without power, whose logarithm there would not be. */
const EPSILON = 2 ** -52;

function emphasised(samples: Float32Array): Float64Array {
  const whole = Float64Array.from(samples, (value) =>
    Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(value * FULL_SCALE))),
  );
  return whole.map((value, i) => (i === 0 ? value : value - EMPHASIS * whole[i - 1]));
}

/** f64 [26][257]: triangles whose corners are whole bins. */
function triangles(): Float64Array[] {
  const top = melOfHertz(RATE / 2);
  const corners = Array.from({ length: FILTERS + 2 }, (_, i) =>
    Math.floor(((SIZE + 1) * hertzOfMel((top * i) / (FILTERS + 1))) / RATE),
  );
  return Array.from({ length: FILTERS }, (_, j) => {
    const [left, middle, right] = corners.slice(j, j + 3);
    return Float64Array.from({ length: SIZE / 2 + 1 }, (_unused, i) => {
      if (i >= left && i < middle) return (i - left) / (middle - left);
      return i >= middle && i < right ? (right - i) / (right - middle) : 0;
    });
  });
}

function cepstra(logs: readonly number[]): number[] {
  return Array.from({ length: CEPSTRA }, (_, k) => {
    const sum = logs.reduce((total, value, i) => total + value * Math.cos((Math.PI * k * (i + 0.5)) / FILTERS), 0);
    return sum * Math.sqrt((k === 0 ? 1 : 2) / FILTERS) * (1 + (LIFTER / 2) * Math.sin((Math.PI * k) / LIFTER));
  });
}
