import { numpy as np } from '@jax-js/jax';
import { TensorError } from './tensor-error.ts';

/** A learning rate, or one for each step (counted from 0): warm-up and decay run outside the graph. */
export type LearningRate = number | ((step: number) => number);

/**
 * AdamW (Loshchilov and Hutter 2019), as in PyTorch: decoupled weight decay, bias-corrected moments.
 *
 * @property learningRate constant or schedule
 * @property betas        decay of the first and second moment, default [0.9, 0.999]
 * @property eps          added to the root of the second moment, default 1e-8
 * @property weightDecay  default 0.01
 * @property decays       which parameters decay, by dotted path; default all, as in PyTorch
 * @property clipNorm     gradients are scaled down to this global norm; default none
 */
export interface AdamWOptions {
  readonly kind: 'adamw';
  readonly learningRate: LearningRate;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
  readonly decays?: (path: string) => boolean;
  readonly clipNorm?: number;
}

/** `AdamWOptions` with its defaults, checked. */
export interface AdamW {
  readonly learningRate: (step: number) => number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  readonly decays: (path: string) => boolean;
  readonly clipNorm: number | undefined;
}

/** Fill in and check the options. */
export function adamW(options: AdamWOptions): AdamW {
  const { learningRate, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01, decays = () => true, clipNorm } = options;
  const check = (what: string, value: number, ok: boolean, expected: string) => {
    if (!ok) throw new TensorError('tensor.options', `adamw.${what}: expected ${expected}, got ${value}`);
  };
  betas.forEach((beta, i) => check(`betas.${i}`, beta, beta >= 0 && beta < 1, 'a number in [0, 1)'));
  check('eps', eps, eps > 0, 'a positive number');
  check('weightDecay', weightDecay, weightDecay >= 0, 'a number of at least 0');
  if (clipNorm !== undefined) check('clipNorm', clipNorm, clipNorm > 0, 'a positive number');
  const rate = typeof learningRate === 'function' ? learningRate : () => learningRate;
  return { learningRate: rate, betas, eps, weightDecay, decays, clipNorm };
}

/** The optimiser's traced values, all over one flat vector of parameters [P], f32. */
export interface AdamWState {
  readonly params: np.Array;
  readonly firstMoments: np.Array;
  readonly secondMoments: np.Array;
}

/** What changes from step to step besides the state: f32 scalars. */
export interface AdamWStep {
  readonly learningRate: np.Array;
  /** 1 - β₁ᵗ */
  readonly correction1: np.Array;
  /** 1 - β₂ᵗ */
  readonly correction2: np.Array;
}

/** As in PyTorch's clip_grad_norm_. */
const CLIP_EPS = 1e-6;

/**
 * One AdamW update, traced: m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², p ← p(1 - ηλ) - η (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε).
 *
 * Consumes all its arrays.
 *
 * @param gradient f32 [P]
 * @param mask     f32 [P] of 0 and 1, which parameters decay; undefined when all do
 * @returns        the new state, and the gradient's norm before clipping
 */
export function adamWUpdate(optimizer: AdamW, state: AdamWState, step: AdamWStep, gradient: np.Array, mask: np.Array | undefined): AdamWState & { gradNorm: np.Array } {
  const { betas, eps, weightDecay, clipNorm } = optimizer;
  const gradNorm = np.sqrt(np.sum(np.square(gradient.ref)));
  // Vectors are long and scalars free: clipping and bias corrections are folded into scalar factors.
  const clip = clipNorm === undefined ? np.array(1) : np.minimum(np.divide(clipNorm, gradNorm.ref.add(CLIP_EPS)), 1);
  const squares = np.square(gradient.ref).mul(np.square(clip.ref).mul(1 - betas[1]));
  const firstMoments = state.firstMoments.mul(betas[0]).add(gradient.mul(clip.mul(1 - betas[0])));
  const secondMoments = state.secondMoments.mul(betas[1]).add(squares);
  const root2 = np.sqrt(step.correction2);
  const scale = np.divide(step.learningRate.ref.mul(root2.ref), step.correction1);
  const change = np.divide(firstMoments.ref.mul(scale), np.sqrt(secondMoments.ref).add(root2.mul(eps)));
  let params = state.params;
  if (weightDecay > 0) {
    const decay = step.learningRate.mul(weightDecay);
    const kept = mask === undefined ? np.subtract(1, decay) : np.subtract(1, mask.mul(decay));
    params = params.mul(kept);
  }
  return { params: params.sub(change), firstMoments, secondMoments, gradNorm };
}
