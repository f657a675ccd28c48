import { nn, numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import type { Traced } from '../trace.ts';
import { initSelfAttention, selfAttention, type AttentionOptions, type SelfAttentionParams } from './attention.ts';
import { initLayerNorm, layerNorm, standardise, type LayerNormParams } from './layer-norm.ts';
import { initLinear, linear, type LinearParams } from './linear.ts';
import { initMlp, mlp, type MlpParams } from './mlp.ts';
import { modulate, perToken } from './modulation.ts';

/** A pre-norm transformer block. */
export type TransformerBlockParams = {
  norm1: LayerNormParams;
  attention: SelfAttentionParams;
  norm2: LayerNormParams;
  mlp: MlpParams;
};

/** @param dims.hidden width inside the perceptron, default 4 × width */
export function initTransformerBlock(rng: Rng, dims: { width: number; hidden?: number }): TransformerBlockParams {
  const { width, hidden = 4 * width } = dims;
  return {
    norm1: initLayerNorm({ width }),
    attention: initSelfAttention(rng.fork('attention'), { width }),
    norm2: initLayerNorm({ width }),
    mlp: initMlp(rng.fork('mlp'), { widths: [width, hidden, width] }),
  };
}

/**
 * x + attention(norm(x)), then x + mlp(norm(x)) (Vaswani et al. 2017, pre-norm).
 *
 * @param x f32 [..., T, width]
 */
export function transformerBlock(
  params: Traced<TransformerBlockParams>,
  x: np.Array,
  options: AttentionOptions,
): np.Array {
  const attended = x.ref.add(selfAttention(params.attention, layerNorm(params.norm1, x), options));
  return attended.ref.add(mlp(params.mlp, layerNorm(params.norm2, attended)));
}

/** A transformer block whose norms a condition modulates. */
export type ModulatedBlockParams = { modulation: LinearParams; attention: SelfAttentionParams; mlp: MlpParams };

/** adaLN-Zero: the block starts out as the identity. */
export function initModulatedBlock(
  rng: Rng,
  dims: { width: number; condition: number; hidden?: number },
): ModulatedBlockParams {
  const { width, condition, hidden = 4 * width } = dims;
  return {
    modulation: initLinear(rng.fork('modulation'), { inputs: condition, outputs: 6 * width, gain: 0 }),
    attention: initSelfAttention(rng.fork('attention'), { width }),
    mlp: initMlp(rng.fork('mlp'), { widths: [width, hidden, width] }),
  };
}

/**
 * The DiT block with adaLN-Zero (Peebles and Xie 2023): scale, shift and gate of both halves come from the condition.
 *
 * @param x         f32 [..., T, width]
 * @param condition f32 [..., condition], one for all T (or [..., T, condition], one for each)
 */
export function modulatedBlock(
  params: Traced<ModulatedBlockParams>,
  x: np.Array,
  condition: np.Array,
  options: AttentionOptions,
): np.Array {
  const projected = perToken(linear(params.modulation, nn.silu(condition)), x.shape.length);
  const [scale1, shift1, gate1, scale2, shift2, gate2] = np.split(projected, 6, -1);
  const attention = selfAttention(params.attention, modulate(standardise(x.ref), scale1, shift1), options);
  const attended = x.add(attention.mul(gate1));
  return attended.ref.add(mlp(params.mlp, modulate(standardise(attended), scale2, shift2)).mul(gate2));
}
