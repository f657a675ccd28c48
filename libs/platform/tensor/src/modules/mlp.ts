import type { numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import type { Traced } from '../trace.ts';
import { activate, type Activation } from './activation.ts';
import { initLinear, linear, type LinearParams } from './linear.ts';

/** Linear layers with a non-linearity between them. */
export type MlpParams = { layers: LinearParams[] };

/**
 * A multilayer perceptron.
 *
 * @param dims.widths from the input's to the output's, at least two
 * @param dims.outputGain scale of the last layer's initial weights, default 1
 */
export function initMlp(rng: Rng, dims: { widths: readonly number[]; outputGain?: number }): MlpParams {
  const { widths, outputGain = 1 } = dims;
  const layers = widths.slice(1).map((outputs, i) => {
    const isLast = i === widths.length - 2;
    return initLinear(rng.fork(`layer${i}`), { inputs: widths[i], outputs, gain: isLast ? outputGain : 1 });
  });
  return { layers };
}

/**
 * @param x f32 [..., widths[0]]
 * @returns f32 [..., widths.at(-1)]
 */
export function mlp(params: Traced<MlpParams>, x: np.Array, activation: Activation = 'gelu'): np.Array {
  return params.layers.reduce((h, layer, i) => linear(layer, i === 0 ? h : activate(activation, h)), x);
}
