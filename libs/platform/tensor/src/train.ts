import type { TensorTree } from './tensor.ts';
import { trainLoop, type TrainLoopOptions } from './train-loop.ts';
import { createTrainer, type TrainerOptions } from './trainer.ts';

/** What to train and how, from the first batch to the last step. */
export type TrainOptions<Params extends TensorTree, Batch extends TensorTree> = Omit<
  TrainerOptions<Params, Batch>,
  'batchExample' | 'accumulate'
> &
  Omit<TrainLoopOptions<Batch>, 'batch'> & {
    /** The batch of a step, counted from 0. Asked for once more before the first: for the shapes. */
    readonly batch: (step: number) => Batch;
  };

/** What a whole training gives. */
export interface Trained<Params extends TensorTree> {
  /** Moving average of the parameters; the parameters themselves without `ema`. */
  readonly emaParams: Params;
  /** Loss of every step. */
  readonly losses: readonly number[];
  /** What the loss reports besides, of every step, by name. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
}

/**
 * One training from start to end, and nothing left open: a trainer, its loop, and the parameters that it found. Use
 * `createTrainer` and `trainLoop` where training goes on in rounds.
 *
 * @throws the signal's reason when it is cancelled; whatever `createTrainer` and `trainLoop` throw
 */
export async function train<Params extends TensorTree, Batch extends TensorTree>(
  options: TrainOptions<Params, Batch>,
): Promise<Trained<Params>> {
  const trainer = await createTrainer<Params, Batch>({ ...options, batchExample: options.batch(0) });
  try {
    const { losses, curves } = await trainLoop(trainer, options);
    options.signal?.throwIfAborted();
    if (options.device === 'webgpu') await trainer.pull();
    return { emaParams: trainer.emaParams(), losses, curves };
  } finally {
    await trainer.dispose();
  }
}
