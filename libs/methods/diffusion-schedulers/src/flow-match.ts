import { checkSteps, linspace } from './noise-schedule.ts';
import type { SchedulerConfig } from './scheduler-config.ts';
import type { Scheduler } from './scheduler.ts';
import { sequential } from './stepping.ts';

/** How a flow's levels are settled. */
export interface FlowSampling {
  readonly steps: number;
  /** Of the image, for a shift by size. */
  readonly tokens: number;
  /** Whether levels go from 1 to 1 / steps (FLUX), rather than through the whole range of the training (SD3). */
  readonly evenLevels: boolean;
}

/**
 * σ of each step, falling. A fixed shift s makes σ' = s σ / (1 + (s − 1) σ) (Esser et al. 2024, equation 23); the
 * published schedule of SD3 shifts the ends of the range once more, so this does. A shift by size makes
 * σ' = e^μ / (e^μ + 1 / σ − 1), μ linear in the number of image tokens (FLUX).
 */
function flowSigmas(config: SchedulerConfig, { steps, tokens, evenLevels }: FlowSampling): number[] {
  const { num_train_timesteps: count, shift } = config;
  const bySize = config.use_dynamic_shifting === true;
  const exponent = Math.exp(sizeShift(config, tokens));
  const fixed = (sigma: number): number => (shift * sigma) / (1 + (shift - 1) * sigma);
  const shifted = bySize ? (sigma: number): number => exponent / (exponent + 1 / sigma - 1) : fixed;
  const [first, last] = evenLevels ? [1, 1 / steps] : bySize ? [1, 1 / count] : [fixed(1), fixed(1 / count)];
  return [...linspace(first, last, steps)].map(shifted);
}

/** μ of FLUX: a line through two numbers of tokens. */
export function sizeShift(config: SchedulerConfig, tokens: number): number {
  const [few, many] = [config.base_image_seq_len ?? 256, config.max_image_seq_len ?? 4096];
  const [low, high] = [config.base_shift ?? 0.5, config.max_shift ?? 1.15];
  return low + ((high - low) * (tokens - few)) / (many - few);
}

/** Euler's method on the flow dx/dσ = v, x_σ = (1 − σ) x₀ + σ ε (Lipman et al. 2023; Esser et al. 2024). */
export function flowMatchEuler(config: SchedulerConfig, sampling: FlowSampling): Scheduler {
  checkSteps(sampling.steps, config.num_train_timesteps);
  const sigmas = [...flowSigmas(config, sampling), 0];
  return sequential({
    timesteps: sigmas.slice(0, -1).map((sigma) => sigma * config.num_train_timesteps),
    initialDeviation: 1,
    drawsNoise: false,
    step: (index, output, sample) => {
      const [from, to] = [sigmas[index] as number, sigmas[index + 1] as number];
      return {
        sample: sample.map((x, i) => x + (to - from) * (output[i] as number)),
        denoised: sample.map((x, i) => x - from * (output[i] as number)),
      };
    },
  });
}
