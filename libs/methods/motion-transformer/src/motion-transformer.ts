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

/** How large the transformer is, and what goes in. */
export interface MotionTransformerSize {
  /** of x_t */
  readonly latent: number;
  /** of a frame's audio condition */
  readonly audio: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /**
   * frames before and after that a frame attends to; far ones carry no more about a gesture, and with a handful of
   * clips they would be learned by heart
   */
  readonly reach: number;
}

type Linear = ReturnType<typeof initLinear>;
export type MotionTransformerParams = {
  input: Linear;
  time: ReturnType<typeof initMlp>;
  blocks: ReturnType<typeof initModulatedBlock>[];
  norm: ReturnType<typeof initLayerNorm>;
  output: Linear;
  /** what the audio alone says of the motion */
  direct: ReturnType<typeof initMlp>;
};

const TIME_WIDTH = 64;

export function initMotionTransformer(
  rng: Rng,
  { latent, audio, width, layers }: MotionTransformerSize,
): MotionTransformerParams {
  return {
    input: initLinear(rng.fork('input'), { inputs: latent + audio, outputs: width }),
    time: initMlp(rng.fork('time'), { widths: [TIME_WIDTH, width, width] }),
    blocks: Array.from({ length: layers }, (_, i) =>
      initModulatedBlock(rng.fork(`block${i}`), { width, condition: width }),
    ),
    norm: initLayerNorm({ width }),
    output: initLinear(rng.fork('output'), { inputs: width, outputs: latent, gain: 0.1 }),
    direct: initMlp(rng.fork('direct'), { widths: [audio, width, latent], outputGain: 0.1 }),
  };
}

/** f32 [T, T]: 0 within reach, -1e9 beyond. */
export function attentionBias(frames: number, reach: number): np.Array {
  const data = Float32Array.from({ length: frames * frames }, (_, i) =>
    Math.abs(Math.floor(i / frames) - (i % frames)) <= reach ? 0 : -1e9,
  );
  return np.array(data).reshape([frames, frames]);
}

/**
 * The motion diffusion transformer X_0 = F(X_τ | A, τ) (AudioAvatar): noisy motion concatenated with audio, FiLM on τ
 * in every block (as adaLN, Peebles and Xie 2023), predicts clean motion.
 *
 * @param x     f32 [B, T, latent] noisy motion, standardised
 * @param audio f32 [B, T, audio]
 * @param tau   f32 [B] noise step
 * @param start f32 [B] number of the first frame, for position codes: any number, so that no place in a clip can be
 *   learned by heart
 * @returns     f32 [B, T, latent]
 */
export function motionTransformer(
  params: Traced<MotionTransformerParams>,
  { x, audio, tau, start }: { x: np.Array; audio: np.Array; tau: np.Array; start: np.Array },
  size: MotionTransformerSize,
): np.Array {
  const [batch, frames] = x.shape;
  const width = size.width;
  const condition = mlp(params.time, sinusoidal(tau, TIME_WIDTH), 'silu');
  const at = np
    .arange(frames)
    .astype(np.float32)
    .reshape([1, frames])
    .add(start.reshape([batch, 1]));
  const codes = sinusoidal(at, width, 1000).mul(0.3);
  const tokens = linear(params.input, np.concatenate([x, audio.ref], -1)).add(codes);
  const bias = attentionBias(frames, size.reach);
  const blocks = params.blocks.reduce(
    (h, block) => modulatedBlock(block, h, condition.ref, { heads: size.heads, bias }),
    tokens,
  );
  condition.dispose();
  return linear(params.output, layerNorm(params.norm, blocks)).add(mlp(params.direct, audio));
}
