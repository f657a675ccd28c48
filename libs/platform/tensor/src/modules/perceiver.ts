import type { numpy as np } from '@jax-js/jax';
import type { Rng } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import type { Traced } from '../trace.ts';
import { crossAttention, initCrossAttention, type CrossAttentionParams } from './attention.ts';
import { initLayerNorm, layerNorm, type LayerNormParams } from './layer-norm.ts';
import { initMlp, mlp, type MlpParams } from './mlp.ts';
import { initTransformerBlock, transformerBlock, type TransformerBlockParams } from './transformer.ts';

/** Learned latents [latents, width], what they read with, and blocks among themselves. */
export type PerceiverParams = {
  latents: Tensor;
  tokenNorm: LayerNormParams;
  latentNorm: LayerNormParams;
  read: CrossAttentionParams;
  mlpNorm: LayerNormParams;
  mlp: MlpParams;
  blocks: TransformerBlockParams[];
};

/**
 * @param dims.latents number of latents
 * @param dims.width   of a latent
 * @param dims.tokens  width of a token
 * @param dims.blocks  self-attention blocks after reading
 * @param dims.hidden  width inside the perceptrons, default 4 × width
 */
export function initPerceiver(
  rng: Rng,
  dims: { latents: number; width: number; tokens: number; blocks: number; hidden?: number },
): PerceiverParams {
  const { latents: count, width, tokens, blocks, hidden = 4 * width } = dims;
  const latents = rng.fork('latents').normal([count, width]);
  for (let i = 0; i < latents.data.length; i++) latents.data[i] *= 0.5;
  return {
    latents,
    tokenNorm: initLayerNorm({ width: tokens }),
    latentNorm: initLayerNorm({ width }),
    read: initCrossAttention(rng.fork('read'), { width, context: tokens }),
    mlpNorm: initLayerNorm({ width }),
    mlp: initMlp(rng.fork('mlp'), { widths: [width, hidden, width] }),
    blocks: Array.from({ length: blocks }, (_, i) => initTransformerBlock(rng.fork(`block${i}`), { width, hidden })),
  };
}

/**
 * A Perceiver (Jaegle et al. 2021): latents attend once to any number of tokens, then to each other.
 *
 * @param tokens f32 [..., N, tokens]
 * @returns      f32 [..., latents, width]
 */
export function perceiver(
  params: Traced<PerceiverParams>,
  tokens: np.Array,
  options: { readonly heads: number },
): np.Array {
  const [count, width] = params.latents.shape;
  const lead = tokens.shape.slice(0, -2);
  const context = layerNorm(params.tokenNorm, tokens);
  // The queries are the same for every element of the batch, so they keep leading axes of size 1 until the product.
  const queries = params.latents.ref.reshape([...lead.map(() => 1), count, width]);
  const read = crossAttention(params.read, layerNorm(params.latentNorm, queries.ref), context, options);
  let latents = read.add(queries);
  latents = latents.ref.add(mlp(params.mlp, layerNorm(params.mlpNorm, latents)));
  return params.blocks.reduce((x, block) => transformerBlock(block, x, options), latents);
}
