import { Fault } from '@soliloquy/fault';
import { checkSteps, trainedAlphas } from './noise-schedule.ts';
import type { SchedulerConfig } from './scheduler-config.ts';
import type { Scheduler } from './scheduler.ts';
import { cleanOf, sequential } from './stepping.ts';

/** Deviation of the data that the boundary condition assumes (Song et al. 2023, appendix C). */
const DATA = 0.5;

/** Times of a latent consistency model: every k-th of those that it was distilled at. */
function timesOf(
  { num_train_timesteps: count, original_inference_steps: original }: SchedulerConfig,
  steps: number,
): number[] {
  if (original > count)
    throw new Fault({
      code: 'schedulers.config',
      where: 'scheduler_config.json: original_inference_steps',
      expected: `at most ${count}`,
      got: String(original),
      remedy: 'correct the file',
    });
  checkSteps(steps, original);
  const stride = Math.floor(count / original);
  return Array.from({ length: steps }, (_, index) => {
    const back = Math.floor((index * original) / steps);
    return (original - back) * stride - 1;
  });
}

/**
 * Multistep sampling of a latent consistency model (Luo et al. 2023, algorithm 3): f = c_skip x + c_out x₀, then noise
 * anew to the next level.
 */
export function lcm(config: SchedulerConfig, steps: number): Scheduler {
  const alphas = trainedAlphas(config, { start: 0.00085, end: 0.012, schedule: 'scaled_linear' });
  const prediction = config.prediction_type ?? 'epsilon';
  const times = timesOf(config, steps);
  const clip = config.clip_sample === true ? config.clip_sample_range : Infinity;
  return sequential({
    timesteps: times,
    initialDeviation: 1,
    drawsNoise: true,
    step: (index, output, sample, noise) => {
      const time = times[index] as number;
      const bar = alphas[time] as number;
      const level = { alpha: Math.sqrt(bar), sigma: Math.sqrt(1 - bar) };
      const scaled = time * config.timestep_scaling;
      const skip = DATA ** 2 / (scaled ** 2 + DATA ** 2);
      const out = scaled / Math.sqrt(scaled ** 2 + DATA ** 2);
      const denoised = sample.map((x, i) => {
        const clean = cleanOf(prediction, level, output[i] as number, x);
        return out * Math.min(Math.max(clean, -clip), clip) + skip * x;
      });
      if (index === times.length - 1) return { sample: denoised, denoised };
      const next = alphas[times[index + 1] as number] as number;
      const [alpha, sigma] = [Math.sqrt(next), Math.sqrt(1 - next)];
      return { sample: denoised.map((clean, i) => alpha * clean + sigma * (noise[i] as number)), denoised };
    },
  });
}
