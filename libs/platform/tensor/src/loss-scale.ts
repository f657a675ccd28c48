import type { numpy as np } from '@jax-js/jax';
import { TensorError } from './tensor-error.ts';

/** What the loss is multiplied by before it is differentiated in f16, and how many steps have gone well with it. */
export interface LossScale {
  readonly factor: number;
  readonly steps: number;
}

/** Steps without an overflow after which the factor is doubled, as PyTorch's GradScaler does. */
const GROWS_AFTER = 2000;
const MOST = 2 ** 24;
/** Among what a scaled loss reports: no path has such a name. */
const PLAIN_LOSS = '%loss';

/** @throws TensorError `tensor.options` for what is no power of two: other factors would round the gradient */
export function startLossScale(where: string, factor = 2 ** 15): LossScale {
  if (!(factor >= 1) || !Number.isInteger(Math.log2(factor)))
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.lossScale`,
      expected: 'a power of two of at least 1',
      got: `${factor}`,
    });
  return { factor, steps: 0 };
}

/** After steps whose gradients were finite. */
export function keepLossScale({ factor, steps }: LossScale, more: number): LossScale {
  return steps + more < GROWS_AFTER
    ? { factor, steps: steps + more }
    : { factor: Math.min(factor * 2, MOST), steps: 0 };
}

/** After a gradient that overflowed; undefined where there is nothing left to halve. */
export function halveLossScale({ factor }: LossScale): LossScale | undefined {
  return factor > 1 ? { factor: factor / 2, steps: 0 } : undefined;
}

/** The loss to differentiate, and beside what is reported the loss as it is. */
export function scaleLoss(
  [loss, aux]: [np.Array, Record<string, np.Array>],
  scale: np.Array,
): [np.Array, Record<string, np.Array>] {
  return [loss.ref.mul(scale.ref), { ...aux, [PLAIN_LOSS]: loss }];
}

/** The other way: the loss as it is, and what is reported. */
export function unscaleLoss([scaled, { [PLAIN_LOSS]: loss, ...aux }]: [np.Array, Record<string, np.Array>]): [
  np.Array,
  Record<string, np.Array>,
] {
  scaled.dispose();
  return [loss, aux];
}
