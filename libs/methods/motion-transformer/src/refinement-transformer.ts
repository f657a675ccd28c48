import { numpy as np } from '@jax-js/jax';
import type { Rng, Traced } from '@soliloquy/tensor';
import {
  initLayerNorm,
  initLinear,
  initMlp,
  initModulatedBlock,
  layerNorm,
  linear,
  mlp,
  modulatedBlock,
  sinusoidal,
} from '@soliloquy/tensor/modules';
import { attentionBias } from './motion-transformer.ts';

/** How large a refinement is, and what goes in. */
export interface RefinementSize {
  /** of x_t */
  readonly latent: number;
  /** numbers at the end of x_t that are refined: face and hands */
  readonly refined: number;
  /** of a frame's audio condition */
  readonly audio: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** frames before and after that a frame attends to */
  readonly reach: number;
}

export type RefinementParams = {
  input: ReturnType<typeof initLinear>;
  time: ReturnType<typeof initMlp>;
  blocks: ReturnType<typeof initModulatedBlock>[];
  norm: ReturnType<typeof initLayerNorm>;
  output: ReturnType<typeof initLinear>;
};

const TIME_WIDTH = 64;

/** A refinement that changes nothing yet: its last layer is zero. */
export function initRefinement(rng: Rng, { latent, refined, audio, width, layers }: RefinementSize): RefinementParams {
  return {
    input: initLinear(rng.fork('input'), { inputs: latent + audio, outputs: width }),
    time: initMlp(rng.fork('time'), { widths: [TIME_WIDTH, width, width] }),
    blocks: Array.from({ length: layers }, (_, i) =>
      initModulatedBlock(rng.fork(`block${i}`), { width, condition: width }),
    ),
    norm: initLayerNorm({ width }),
    output: initLinear(rng.fork('output'), { inputs: width, outputs: refined, gain: 0 }),
  };
}

/**
 * The refinement R(X̂_0 | A, t) of face and hands (AudioAvatar, its second transformer): clean motion beside audio,
 * FiLM of every frame on its number t in the sequence, not on the noise step; what comes out is added to the last
 * numbers of X̂_0.
 *
 * @param x     f32 [B, T, latent] clean motion, standardised
 * @param audio f32 [B, T, audio] standardised
 * @param start f32 [B] number of the first frame
 * @returns     f32 [B, T, refined]
 */
export function refinementTransformer(
  params: Traced<RefinementParams>,
  { x, audio, start }: { x: np.Array; audio: np.Array; start: np.Array },
  { heads, reach }: RefinementSize,
): np.Array {
  const [batch, frames] = x.shape;
  const at = np
    .arange(frames)
    .astype(np.float32)
    .reshape([1, frames])
    .add(start.reshape([batch, 1]));
  const condition = mlp(params.time, sinusoidal(at, TIME_WIDTH, 1000), 'silu');
  const tokens = linear(params.input, np.concatenate([x, audio], -1));
  const bias = attentionBias(frames, reach);
  const blocks = params.blocks.reduce((h, block) => modulatedBlock(block, h, condition.ref, { heads, bias }), tokens);
  condition.dispose();
  return linear(params.output, layerNorm(params.norm, blocks));
}
