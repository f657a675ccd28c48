import { numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import { TensorError } from '../tensor-error.ts';
import type { Tensor } from '../tensor.ts';
import type { Traced } from '../trace.ts';

/** `table` f32 [count, width]. */
export type PositionParams = { table: Tensor };

/** A learned embedding for each position, normal with deviation 0.02. */
export function initPositions(rng: Rng, dims: { count: number; width: number }): PositionParams {
  const table = rng.fork('table').normal([dims.count, dims.width]);
  for (let i = 0; i < table.data.length; i++) table.data[i] *= 0.02;
  return { table };
}

/**
 * Add learned positions.
 *
 * @param x f32 [..., count, width]
 */
export function addPositions(params: Traced<PositionParams>, x: np.Array): np.Array {
  return x.add(params.table.ref);
}

/**
 * Sines and cosines of positions in geometrically spaced frequencies (Vaswani et al. 2017): cosines first, then sines.
 *
 * @param at     f32 [...], positions or diffusion times
 * @param width  even
 * @param period longest wavelength over 2π, default 10000
 * @returns      f32 [..., width]
 */
export function sinusoidal(at: np.Array, width: number, period = 10_000): np.Array {
  const half = width / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => period ** (-i / half));
  const angles = np.expandDims(at, -1).mul(np.array(frequencies));
  return np.concatenate([np.cos(angles.ref), np.sin(angles)], -1);
}

/**
 * `sinusoidal` of 0 … count-1, as a constant.
 *
 * @returns f32 [count, width]
 */
export function sinusoidalPositions(count: number, width: number, period = 10_000): np.Array {
  return sinusoidal(np.array(Float32Array.from({ length: count }, (_, i) => i)), width, period);
}

/**
 * Rotary positions (RoPE, Su et al. 2021): the first half of each vector and the second are the two coordinates of
 * points that turn with the position, so that a product of two depends on how far they are apart.
 *
 * @param x      f32 [..., T, width], width even
 * @param period longest wavelength over 2π, default 10000
 * @returns      f32 [..., T, width]
 */
export function rotate(x: np.Array, period = 10_000): np.Array {
  const [count, width] = x.shape.slice(-2);
  if (width % 2 !== 0)
    throw new TensorError({
      code: 'tensor.options',
      where: 'rotate.width',
      expected: 'an even width',
      got: `${width}`,
    });
  const half = width / 2;
  const turn = (f: (angle: number) => number) =>
    np
      .array(
        Float32Array.from({ length: count * half }, (_, i) => f(Math.floor(i / half) * period ** (-(i % half) / half))),
      )
      .reshape([count, half]);
  const [cos, sin] = [turn(Math.cos), turn(Math.sin)];
  const [a, b] = np.split(x, 2, -1);
  return np.concatenate([a.ref.mul(cos.ref).sub(b.ref.mul(sin.ref)), a.mul(sin).add(b.mul(cos))], -1);
}
