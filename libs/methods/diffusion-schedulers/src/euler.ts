import { checkSteps, karrasSigmas, sigmaAt, spacedTimes, timeOfSigma, trainedSigmas } from './noise-schedule.ts';
import type { SchedulerConfig } from './scheduler-config.ts';
import type { Scheduler } from './scheduler.ts';
import { cleanOf, sequential } from './stepping.ts';

interface Levels {
  readonly times: readonly number[];
  /** [steps + 1], the last 0 unless the file says otherwise. */
  readonly sigmas: readonly number[];
}

function levelsOf(config: SchedulerConfig, steps: number, withKarras: boolean): Levels {
  const { num_train_timesteps: count, steps_offset: offset } = config;
  checkSteps(steps, count);
  const trained = trainedSigmas(config);
  const times = spacedTimes(config.timestep_spacing ?? 'linspace', { count, steps, offset, whole: false });
  const sigmas = times.map((time) => sigmaAt(trained, time));
  const end = config.final_sigmas_type === 'sigma_min' && withKarras ? (trained[0] as number) : 0;
  if (!withKarras || config.use_karras_sigmas !== true) return { times, sigmas: [...sigmas, end] };
  const karras = karrasSigmas(sigmas[0] as number, sigmas.at(-1) as number, steps);
  return { times: karras.map((sigma) => timeOfSigma(trained, sigma)), sigmas: [...karras, end] };
}

/** How much noise there is at first: σ_max beside a signal of 1, or the whole where the first time is not T − 1. */
function initialDeviation(config: SchedulerConfig, sigmas: readonly number[]): number {
  const largest = Math.max(...sigmas);
  return (config.timestep_spacing ?? 'linspace') === 'leading' ? Math.sqrt(largest ** 2 + 1) : largest;
}

/**
 * Euler's method on dx/dσ = (x − D(x; σ)) / σ (Karras et al. 2022, algorithm 1), and its ancestral form, which steps
 * down further and adds noise.
 *
 * @param ancestral `sigma_up` and `sigma_down` such that the level after the noise is the next σ
 */
export function euler(config: SchedulerConfig, steps: number, ancestral = false): Scheduler {
  const { times, sigmas } = levelsOf(config, steps, !ancestral);
  const prediction = config.prediction_type ?? 'epsilon';
  return sequential({
    timesteps: times,
    initialDeviation: initialDeviation(config, sigmas),
    drawsNoise: ancestral,
    scale: (index) => 1 / Math.sqrt((sigmas[index] as number) ** 2 + 1),
    step: (index, output, sample, noise) => {
      const [from, to] = [sigmas[index] as number, sigmas[index + 1] as number];
      const up = ancestral ? Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2) : 0;
      const down = ancestral ? Math.sqrt(to ** 2 - up ** 2) : to;
      const next = new Float32Array(sample.length);
      const denoised = new Float32Array(sample.length);
      // The model saw x / √(σ² + 1): that is the sample in which signal and noise have variance 1 together.
      const whole = Math.sqrt(from ** 2 + 1);
      const level = { alpha: 1 / whole, sigma: from / whole };
      for (let i = 0; i < sample.length; i++) {
        const x = sample[i] as number;
        const clean = cleanOf(prediction, level, output[i] as number, x / whole);
        next[i] = x + ((x - clean) / from) * (down - from) + up * (noise[i] ?? 0);
        denoised[i] = clean;
      }
      return { sample: next, denoised };
    },
  });
}
