import { encodeCheckpoint } from './checkpoint.ts';
import { TensorError } from './tensor-error.ts';
import type { TensorTree } from './tensor.ts';
import type { StepBatch, StepResult, Trainer } from './trainer.ts';

/** How long to train, on what, and what to do on the way. */
export interface TrainLoopOptions<Batch extends TensorTree> {
  /** Steps in all, those that a restored trainer has done included. */
  readonly steps: number;
  /**
   * The batch of a step (counted from 0): a function of its number, so that a resumed run sees what it would have seen.
   */
  readonly batch: (step: number) => StepBatch<Batch>;
  /** Steps in one run of the graph. More save the way in and out; fewer report and cancel sooner. Default 1. */
  readonly stepsPerCall?: number;
  /** Stops after the call that is under way. */
  readonly signal?: AbortSignal;
  readonly onStep?: (result: StepResult) => void;
  /** Gets the curves of the training: every step's `loss`, what the loss gives beside it. In a stage: `ctx.scalar` */
  readonly scalar?: (name: string, step: number, value: number) => void;
  /** Stop when the score has not fallen by `minDelta` for `patience` looks at it, one every `every` steps. */
  readonly earlyStop?: {
    readonly patience: number;
    readonly every: number;
    readonly minDelta?: number;
    /** Lower is better. Default: the mean loss since the last look. */
    readonly score?: (step: number) => number | Promise<number>;
  };
  /** What to keep: gets a safetensors file every `every` steps and at the end. */
  readonly checkpoint?: {
    readonly every: number;
    readonly save: (bytes: Uint8Array, step: number) => void | Promise<void>;
  };
}

/** Why and where it ended. */
export interface TrainLoopResult {
  readonly stopped: 'done' | 'early' | 'cancelled';
  /** Steps done. */
  readonly step: number;
  /** Loss of every step of this run. */
  readonly losses: readonly number[];
  /** What the loss reports besides, of every step of this run, by name. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
  /** The best score seen, with its step, where scores were looked at. */
  readonly best?: { readonly score: number; readonly step: number };
}

/**
 * Train. Between calls the event loop runs, so that messages and cancellation come through.
 *
 * @throws TensorError `tensor.diverged` where loss or gradient are not finite; whatever `batch`, `score` and `save`
 *   throw
 */
export async function trainLoop<Params extends TensorTree, Batch extends TensorTree>(
  trainer: Trainer<Params, Batch>,
  options: TrainLoopOptions<Batch>,
): Promise<TrainLoopResult> {
  const { steps, batch, stepsPerCall = 1, signal, onStep, scalar, earlyStop, checkpoint } = options;
  for (const [what, value] of [
    ['steps', steps],
    ['stepsPerCall', stepsPerCall],
    ['earlyStop.every', earlyStop?.every ?? 1],
    ['earlyStop.patience', earlyStop?.patience ?? 1],
    ['checkpoint.every', checkpoint?.every ?? 1],
  ] as const) {
    if (!Number.isInteger(value) || value < 1)
      throw new TensorError({
        code: 'tensor.options',
        where: `train-loop.${what}`,
        expected: 'a positive integer',
        got: `${value}`,
      });
  }
  let step = trainer.state().step;
  const losses: number[] = [];
  const curves: Record<string, number[]> = {};
  let best: { score: number; step: number } | undefined;
  let looksWithoutGain = 0;
  let lookedAt = 0;
  let saved = -1;
  const save = async () => {
    if (checkpoint === undefined || saved === step) return;
    saved = step;
    await checkpoint.save(encodeCheckpoint(trainer), step);
  };
  const stop = async (stopped: TrainLoopResult['stopped']): Promise<TrainLoopResult> => {
    await save();
    return { stopped, step, losses, curves, best };
  };

  while (step < steps) {
    if (signal?.aborted === true) return stop('cancelled');
    // A call ends where something is to be looked at or kept.
    const marks = [steps, nextMultiple(step, earlyStop?.every), nextMultiple(step, checkpoint?.every)];
    const count = Math.min(stepsPerCall, ...marks.map((mark) => mark - step));
    const results = await trainer.steps(Array.from({ length: count }, (_, i) => batch(step + i)));
    for (const result of results) {
      losses.push(result.loss);
      for (const [name, value] of Object.entries(result.aux)) (curves[name] ??= []).push(value);
      onStep?.(result);
      scalar?.('loss', result.step, result.loss);
      for (const [name, value] of Object.entries(result.aux)) scalar?.(name, result.step, value);
    }
    step += count;
    if (earlyStop !== undefined && step % earlyStop.every === 0) {
      const recent = losses.slice(lookedAt);
      lookedAt = losses.length;
      const score =
        earlyStop.score === undefined
          ? recent.reduce((sum, loss) => sum + loss, 0) / recent.length
          : await earlyStop.score(step);
      if (best === undefined || score < best.score - (earlyStop.minDelta ?? 0)) {
        best = { score, step };
        looksWithoutGain = 0;
      } else if (++looksWithoutGain >= earlyStop.patience) return stop('early');
    }
    if (checkpoint !== undefined && step % checkpoint.every === 0) await save();
    await new Promise(setImmediate);
  }
  return stop('done');
}

/** The first multiple of `every` after `step`; never, where there is none. */
function nextMultiple(step: number, every: number | undefined): number {
  return every === undefined ? Infinity : (Math.floor(step / every) + 1) * every;
}
