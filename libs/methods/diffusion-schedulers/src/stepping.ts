import { Fault } from '@soliloquy/fault';
import type { Prediction } from './scheduler-config.ts';
import type { Scheduler, Stepped } from './scheduler.ts';

/** One step of a sampler on arrays of the same length. */
export type Step = (index: number, output: Float32Array, sample: Float32Array, noise: Float32Array) => Stepped;

/** What a sampler is beside the order of its steps. */
export interface SchedulerParts extends Omit<Scheduler, 'step' | 'modelInput'> {
  readonly scale?: (index: number) => number;
  readonly step: Step;
}

/** A sampler that refuses steps out of order, and arrays of other lengths. */
export function sequential({ scale, step, ...facts }: SchedulerParts): Scheduler {
  let next = 0;
  return {
    ...facts,
    modelInput(index, sample) {
      const by = scale?.(index) ?? 1;
      return by === 1 ? sample : sample.map((value) => value * by);
    },
    step(index, output, sample, noise = new Float32Array(0)) {
      if (index !== next || index >= facts.timesteps.length)
        throw misuse('schedulers.order', `step ${Math.min(next, facts.timesteps.length)}`, `step ${index}`);
      const wanted = facts.drawsNoise ? [output, noise] : [output];
      const odd = wanted.find(({ length }) => length !== sample.length);
      if (odd !== undefined) throw misuse('schedulers.length', `${sample.length} values`, `${odd.length}`);
      next++;
      return step(index, output, sample, noise);
    },
  };
}

function misuse(code: 'schedulers.order' | 'schedulers.length', expected: string, got: string): Fault {
  return new Fault({ code, where: 'scheduler.step', expected, got, remedy: 'mend the caller', audience: 'author' });
}

/**
 * The clean sample that a model's output means, at signal scale α and noise scale σ (x = α x₀ + σ ε): from ε, from
 * v = α ε − σ x₀ (Salimans and Ho 2022), or as it is.
 */
export function cleanOf(
  prediction: Prediction,
  { alpha, sigma }: { readonly alpha: number; readonly sigma: number },
  output: number,
  x: number,
): number {
  if (prediction === 'epsilon') return (x - sigma * output) / alpha;
  if (prediction === 'v_prediction') return (alpha * x - sigma * output) / (alpha * alpha + sigma * sigma);
  return output;
}
