import { numpy as np } from '@jax-js/jax';
import type { Traced } from '@soliloquy/tensor';
import { motionTransformer, type MotionTransformerParams, type MotionTransformerSize } from './motion-transformer.ts';
import type { TrainingBatch } from './training-batches.ts';

/** Scalars, as a type for `compile`: the loss, and the two terms that it is made of. */
export type DenoisingTerms = {
  readonly loss: np.Array;
  readonly aux: { readonly simple: np.Array; readonly velocity: np.Array };
};

/**
 * L = L_simple + w · L_vel, with the error e = F(X_τ | A, τ) − X_0: L_simple = mean e² (Ho et al. 2020, for a network
 * that predicts clean data), L_vel = mean (e_{t+1} − e_t)², the error of frame-to-frame differences (Tevet et al.
 * 2022).
 */
export function denoisingLoss(
  size: MotionTransformerSize,
  velocityWeight: number,
): (params: Traced<MotionTransformerParams>, batch: Traced<TrainingBatch>) => DenoisingTerms {
  return (params, { clean, ...inputs }) => {
    const error = motionTransformer(params, inputs, size).sub(clean);
    const simple = np.square(error.ref).mean();
    const velocity = np.square(error.ref.slice([], [1], []).sub(error.slice([], [0, -1], []))).mean();
    return { loss: simple.ref.add(velocity.ref.mul(velocityWeight)), aux: { simple, velocity } };
  };
}
