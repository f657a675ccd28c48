import type { Tensor } from '@soliloquy/tensor';

/** f32 [1, n, a + b]: two sequences of one length side by side. */
export function beside(one: Tensor, other: Tensor): Tensor {
  const [, rows = 0, left = 0] = one.shape;
  const [, , right = 0] = other.shape;
  const data = new Float32Array(rows * (left + right));
  for (let row = 0; row < rows; row++) {
    data.set(one.data.subarray(row * left, (row + 1) * left), row * (left + right));
    data.set(other.data.subarray(row * right, (row + 1) * right), row * (left + right) + left);
  }
  return { shape: [1, rows, left + right], data };
}

/** f32 [1, n, width]: a sequence with zeros behind every row. */
export function widened(sequence: Tensor, width: number): Tensor {
  const [, rows = 0, had = 0] = sequence.shape;
  if (had >= width) return sequence;
  const data = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) data.set(sequence.data.subarray(row * had, (row + 1) * had), row * width);
  return { shape: [1, rows, width], data };
}

/** f32 [1, n + m, width]: one sequence after another. */
export function after(one: Tensor, other: Tensor): Tensor {
  const data = new Float32Array(one.data.length + other.data.length);
  data.set(one.data);
  data.set(other.data, one.data.length);
  return { shape: [1, (one.shape[1] ?? 0) + (other.shape[1] ?? 0), one.shape[2] ?? 0], data };
}

/** f32 [1, a + b]: one vector after another. */
export function joined(one: Tensor, other: Tensor): Tensor {
  const data = new Float32Array(one.data.length + other.data.length);
  data.set(one.data);
  data.set(other.data, one.data.length);
  return { shape: [1, data.length], data };
}

/** Zeros of a tensor's shape. */
export function zerosLike({ shape, data }: Tensor): Tensor {
  return { shape, data: new Float32Array(data.length) };
}

/** Width of the guidance embedding where a network does not say. */
const GUIDANCE_WIDTH = 256;

/**
 * Sine and cosine features of a guidance scale, f32 [1, width], as latent consistency models take it (Luo et al. 2023,
 * after Kingma et al. 2021): w · 1000, frequencies from 1 to 1/10000.
 */
export function guidanceFeatures(scale: number, width = GUIDANCE_WIDTH): Tensor {
  const half = Math.floor(width / 2);
  const data = new Float32Array(width);
  for (let i = 0; i < half; i++) {
    const angle = scale * 1000 * Math.exp((-Math.log(10_000) * i) / (half - 1));
    data[i] = Math.sin(angle);
    data[half + i] = Math.cos(angle);
  }
  return { shape: [1, width], data };
}
