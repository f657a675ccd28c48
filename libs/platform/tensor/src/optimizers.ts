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

/**
 * Stochastic gradient descent, as in PyTorch: weight decay is added to the gradient, momentum is not dampened.
 *
 * @property momentum default 0
 * @property nesterov look ahead along the momentum (Sutskever et al. 2013), default false
 */
export interface SgdOptions {
  readonly kind: 'sgd';
  readonly learningRate: LearningRate;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
  readonly decays?: (path: string) => boolean;
  readonly clipNorm?: number;
}

export type OptimizerOptions = AdamWOptions | SgdOptions;

/** Flat vectors [P], f32, by name: the parameters and what the optimiser remembers. */
export type OptimizerState = { params: np.Array } & { [slot: string]: np.Array };

/** An optimiser as the trainer uses it. */
export interface Optimizer {
  readonly kind: OptimizerOptions['kind'];
  readonly learningRate: (step: number) => number;
  readonly decays: (path: string) => boolean;
  /** Vectors beside the parameters; they start at zero. */
  readonly slots: readonly string[];
  /** Numbers that change from step to step, f32 scalars of the graph, in this order. */
  readonly scalars: readonly string[];
  scalarsAt(step: number): Record<string, number>;
  /**
   * One update, traced. Consumes all its arrays.
   *
   * @param gradient f32 [P]
   * @param mask     f32 [P] of 0 and 1, which parameters decay; undefined when all do
   * @returns        the new state in the order of its keys, and the gradient's norm before clipping
   */
  update(
    state: OptimizerState,
    scalars: Readonly<Record<string, np.Array>>,
    gradient: np.Array,
    mask: np.Array | undefined,
  ): { state: OptimizerState; gradNorm: np.Array };
}

/** As in PyTorch's clip_grad_norm_. */
const CLIP_EPS = 1e-6;

/** Fill in and check the options. */
export function createOptimizer(options: OptimizerOptions): Optimizer {
  switch (options.kind) {
    case 'adamw':
      return adamW(options);
    case 'sgd':
      return sgd(options);
    default:
      throw new TensorError({
        code: 'tensor.options',
        where: 'optimizer.kind',
        expected: 'adamw or sgd',
        got: String((options as { kind: unknown }).kind),
      });
  }
}

/** m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g², p ← p(1 - ηλ) - η (m/(1-β₁ᵗ)) / (√(v/(1-β₂ᵗ)) + ε). */
function adamW(options: AdamWOptions): Optimizer {
  const { betas = [0.9, 0.999], eps = 1e-8 } = options;
  betas.forEach((beta, i) => check('adamw', `betas.${i}`, beta, beta >= 0 && beta < 1, 'a number in [0, 1)'));
  check('adamw', 'eps', eps, eps > 0, 'a positive number');
  const { common, rate, weightDecay, clipNorm } = readCommon(options, 0.01);
  return {
    ...common,
    slots: ['firstMoments', 'secondMoments'],
    scalars: ['learningRate', 'correction1', 'correction2'],
    scalarsAt: (step) => ({
      learningRate: rate(step),
      correction1: 1 - betas[0] ** (step + 1),
      correction2: 1 - betas[1] ** (step + 1),
    }),
    update(state, step, gradient, mask) {
      const { gradNorm, clip } = clipping(gradient.ref, clipNorm);
      // Vectors are long and scalars free: clipping and bias corrections are folded into scalar factors.
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
      return { state: { params: params.sub(change), firstMoments, secondMoments }, gradNorm };
    },
  };
}

/** g ← g + λp, m ← μm + g, p ← p - η m (Nesterov: p - η (g + μm)). */
function sgd(options: SgdOptions): Optimizer {
  const { momentum = 0, nesterov = false } = options;
  check('sgd', 'momentum', momentum, momentum >= 0 && momentum < 1, 'a number in [0, 1)');
  if (nesterov && momentum === 0)
    throw new TensorError({
      code: 'tensor.options',
      where: 'sgd.nesterov',
      expected: 'a momentum above 0',
      got: '0',
      remedy: 'set momentum',
    });
  const { common, rate, weightDecay, clipNorm } = readCommon(options, 0);
  return {
    ...common,
    slots: momentum > 0 ? ['momentum'] : [],
    scalars: ['learningRate'],
    scalarsAt: (step) => ({ learningRate: rate(step) }),
    update(state, step, gradient, mask) {
      const { gradNorm, clip } = clipping(gradient.ref, clipNorm);
      let direction = clipNorm === undefined ? gradient : gradient.mul(clip);
      if (weightDecay > 0) {
        const pull = state.params.ref.mul(weightDecay);
        direction = direction.add(mask === undefined ? pull : pull.mul(mask));
      }
      const next = (taken: np.Array, slots: Record<string, np.Array>): OptimizerState => ({
        params: state.params.sub(taken.mul(step.learningRate)),
        ...slots,
      });
      if (momentum === 0) return { state: next(direction, {}), gradNorm };
      const velocity = state.momentum.mul(momentum).add(direction.ref);
      const taken = nesterov ? direction.add(velocity.ref.mul(momentum)) : velocity.ref;
      return { state: next(taken, { momentum: velocity }), gradNorm };
    },
  };
}

function clipping(gradient: np.Array, clipNorm: number | undefined): { gradNorm: np.Array; clip: np.Array } {
  const gradNorm = np.sqrt(np.sum(np.square(gradient)));
  const clip = clipNorm === undefined ? np.array(1) : np.minimum(np.divide(clipNorm, gradNorm.ref.add(CLIP_EPS)), 1);
  return { gradNorm, clip };
}

/** What every optimiser has, checked. */
function readCommon(
  { kind, learningRate, weightDecay, decays = () => true, clipNorm }: OptimizerOptions,
  defaultDecay: number,
) {
  const decay = weightDecay ?? defaultDecay;
  check(kind, 'weightDecay', decay, decay >= 0, 'a number of at least 0');
  if (clipNorm !== undefined) check(kind, 'clipNorm', clipNorm, clipNorm > 0, 'a positive number');
  const rate = typeof learningRate === 'function' ? learningRate : () => learningRate;
  return { common: { kind, learningRate: rate, decays }, rate, weightDecay: decay, clipNorm };
}

function check(kind: string, what: string, value: number, ok: boolean, expected: string): void {
  if (!ok) throw new TensorError({ code: 'tensor.options', where: `${kind}.${what}`, expected, got: `${value}` });
}
