import { numpy as np } from '@jax-js/jax';
import { tensor, zeros, type Tensor } from '../tensor.ts';
import type { Traced } from '../trace.ts';

/** `gain` and `bias` f32 [width]. */
export type LayerNormParams = { gain: Tensor; bias: Tensor };

const EPS = 1e-5;

export function initLayerNorm(dims: { width: number }): LayerNormParams {
  return { gain: tensor([dims.width], new Float32Array(dims.width).fill(1)), bias: zeros([dims.width]) };
}

/**
 * Layer normalisation over the last axis (Ba et al. 2016), ε = 1e-5.
 *
 * @param x f32 [..., width]
 * @returns f32 [..., width]
 */
export function layerNorm(params: Traced<LayerNormParams>, x: np.Array): np.Array {
  return standardise(x).mul(params.gain.ref).add(params.bias.ref);
}

/**
 * Zero mean and unit variance over the last axis, without parameters.
 *
 * @param x f32 [..., width]
 */
export function standardise(x: np.Array): np.Array {
  const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
  return centred.mul(np.reciprocal(np.sqrt(variance.add(EPS))));
}
