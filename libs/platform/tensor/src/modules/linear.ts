import { numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import { zeros, type Tensor } from '../tensor.ts';
import type { Traced } from '../trace.ts';

/** `weight` f32 [inputs, outputs], `bias` f32 [outputs]. */
export type LinearParams = { weight: Tensor; bias: Tensor };

/**
 * A linear layer: weights normal with deviation `gain / √inputs` (LeCun et al. 1998), biases zero.
 *
 * @param dims.gain default 1; 0 makes a layer that starts out as zero
 */
export function initLinear(rng: Rng, dims: { inputs: number; outputs: number; gain?: number }): LinearParams {
  const { inputs, outputs, gain = 1 } = dims;
  const weight = rng.fork('weight').normal([inputs, outputs]);
  const deviation = gain / Math.sqrt(inputs);
  for (let i = 0; i < weight.data.length; i++) weight.data[i] *= deviation;
  return { weight, bias: zeros([outputs]) };
}

/**
 * x W + b.
 *
 * @param x f32 [..., inputs]
 * @returns f32 [..., outputs]
 */
export function linear(params: Traced<LinearParams>, x: np.Array): np.Array {
  return np.matmul(x, params.weight.ref).add(params.bias.ref);
}
