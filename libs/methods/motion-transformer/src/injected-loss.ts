import type { Tensor, Traced } from '@soliloquy/tensor';
import { denoisingLoss, type DenoisingTerms } from './denoising-loss.ts';
import { motionTransformer, type MotionTransformerParams, type MotionTransformerSize } from './motion-transformer.ts';
import type { TrainingBatch } from './training-batches.ts';

/** Sequences whose prediction somebody else judges. A type, not an interface: batches are trees of tensors. */
export type JudgedRows = {
  /** f32 [B, T, latent] noisy motion, standardised */
  readonly x: Tensor;
  /** f32 [B, T, audio] standardised */
  readonly audio: Tensor;
  /** f32 [B] noise step τ */
  readonly tau: Tensor;
  /** f32 [B] number of the first frame */
  readonly start: Tensor;
  /** f32 [B, T, latent] g = ∂L/∂x̂_0, a constant */
  readonly gradient: Tensor;
};

/** What is learned in a step: clips, and rows that are judged from outside. */
export type InjectedBatch = { readonly clips: TrainingBatch; readonly judged: JudgedRows };

/**
 * L_simple + w · L_vel on clips (`denoisingLoss`) + Σ_b ⟨g_b, x̂_b⟩ on judged rows. The gradient of the inner
 * product by the parameters is that of any L whose gradient by the prediction is g, so what judges may be a
 * renderer, a teacher or anything else that no graph holds. Its value says nothing.
 */
export function injectedLoss(
  size: MotionTransformerSize,
  velocityWeight: number,
): (params: Traced<MotionTransformerParams>, batch: Traced<InjectedBatch>) => DenoisingTerms {
  const denoising = denoisingLoss(size, velocityWeight);
  return (params, { clips, judged: { gradient, ...inputs } }) => {
    const { loss, aux } = denoising(params, clips);
    return { loss: loss.add(motionTransformer(params, inputs, size).mul(gradient).sum()), aux };
  };
}
