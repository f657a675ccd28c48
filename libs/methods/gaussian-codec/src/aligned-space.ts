import { numpy as np } from '@jax-js/jax';
import type { Rng, Traced } from '@soliloquy/tensor';
import { initMlp, initPerceiver, mlp, perceiver } from '@soliloquy/tensor/modules';
import { AUDIO_CONTEXT, EMBEDDING_WIDTH, LATENT_WIDTH } from './widths.ts';

/**
 * The two encoders of the shared space: a Perceiver and a two-layer perceptron for audio, a two-layer perceptron on x_t
 * for motion.
 */
export type AlignedSpaceParams = {
  audio: { perceiver: ReturnType<typeof initPerceiver>; head: ReturnType<typeof initMlp> };
  motion: ReturnType<typeof initMlp>;
};

export function initAlignedSpace(rng: Rng, dims: { features: number; width: number }): AlignedSpaceParams {
  const latents = 2;
  return {
    audio: {
      perceiver: initPerceiver(rng.fork('audio'), {
        latents,
        width: dims.width,
        tokens: dims.features + 2 * AUDIO_CONTEXT + 1,
        blocks: 0,
        hidden: 2 * dims.width,
      }),
      head: initMlp(rng.fork('head'), { widths: [latents * dims.width, 2 * EMBEDDING_WIDTH, EMBEDDING_WIDTH] }),
    },
    motion: initMlp(rng.fork('motion'), { widths: [LATENT_WIDTH, 2 * EMBEDDING_WIDTH, EMBEDDING_WIDTH] }),
  };
}

/**
 * @param windows f32 [B, 2·AUDIO_CONTEXT + 1, features] speech features around each frame
 * @returns       f32 [B, 64] unit length
 */
export function embedAudio(params: Traced<AlignedSpaceParams>, windows: np.Array, heads: number): np.Array {
  const [batch, context] = windows.shape;
  // Which of the window's frames a token is: one-hot, so that early and late are told apart exactly.
  const which = np.broadcastTo(np.eye(context).reshape([1, context, context]), [batch, context, context]);
  const read = perceiver(params.audio.perceiver, np.concatenate([windows, which], -1), { heads });
  const [, latents, width] = read.shape;
  return unit(mlp(params.audio.head, read.reshape([batch, latents * width])));
}

/**
 * @param latent f32 [B, 192] x_t
 * @returns      f32 [B, 64] unit length
 */
export function embedMotion(params: Traced<AlignedSpaceParams>, latent: np.Array): np.Array {
  return unit(mlp(params.motion, latent));
}

/** Each row divided by its length. */
export function unit(x: np.Array): np.Array {
  const length = np.sqrt(np.square(x.ref).sum(-1, { keepdims: true }).add(1e-8));
  return x.div(length);
}

/**
 * Contrastive cosine (InfoNCE, both ways): pair i of the batch against all others as negatives.
 *
 * @param a           f32 [B, D] unit length
 * @param b           f32 [B, D] unit length
 * @param temperature divides the cosines
 * @returns           scalar
 */
export function contrastive(a: np.Array, b: np.Array, temperature: number): np.Array {
  const count = a.shape[0];
  const scores = np.matmul(a, b.transpose([1, 0])).mul(1 / temperature);
  const diagonal = scores.ref
    .mul(np.eye(count))
    .sum()
    .mul(1 / count);
  const logSumExp = (x: np.Array): np.Array => {
    const top = np.max(x.ref, 1, { keepdims: true });
    return np
      .log(np.exp(x.sub(top.ref)).sum(1, { keepdims: true }))
      .add(top)
      .mean();
  };
  return logSumExp(scores.ref)
    .add(logSumExp(scores.transpose([1, 0])))
    .mul(0.5)
    .sub(diagonal);
}
