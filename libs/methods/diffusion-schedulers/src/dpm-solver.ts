import {
  checkSteps,
  checkTimes,
  karrasSigmas,
  linspace,
  roundHalfEven,
  spacedTimes,
  timeOfSigma,
  trainedSigmas,
} from './noise-schedule.ts';
import type { SchedulerConfig } from './scheduler-config.ts';
import type { Scheduler } from './scheduler.ts';
import { cleanOf, sequential } from './stepping.ts';

/** From this number of steps on the last one need not be of first order (Lu et al. 2022). */
const FEW = 15;

function timesOf(config: SchedulerConfig, steps: number): number[] {
  const { num_train_timesteps: count, steps_offset: offset } = config;
  const spacing = config.timestep_spacing ?? 'linspace';
  if (spacing === 'trailing') return spacedTimes(spacing, { count, steps, offset: 0, whole: true });
  // One time more, and without the lowest of them.
  if (spacing === 'leading') return spacedTimes(spacing, { count, steps: steps + 1, offset, whole: true }).slice(0, -1);
  return [...linspace(0, count - 1, steps + 1)].map(roundHalfEven).reverse().slice(0, -1);
}

/** Signal and noise scale of variance 1 together, and λ = ln(α / σ). */
function levelOf(sigma: number): { alpha: number; sigma: number; lambda: number } {
  const whole = Math.sqrt(sigma ** 2 + 1);
  return { alpha: 1 / whole, sigma: sigma / whole, lambda: -Math.log(sigma) };
}

/** DPM-Solver++ 2M, midpoint (Lu et al. 2022, algorithm 2): two steps' clean samples extrapolated in λ. */
export function dpmSolver(config: SchedulerConfig, steps: number): Scheduler {
  checkSteps(steps, config.num_train_timesteps - 1);
  const trained = trainedSigmas(config);
  const prediction = config.prediction_type ?? 'epsilon';
  let times = timesOf(config, steps);
  checkTimes(times, config.num_train_timesteps);
  let levels = times.map((time) => trained[time] as number);
  if (config.use_karras_sigmas === true) {
    levels = karrasSigmas(trained.at(-1) as number, trained[0] as number, steps);
    times = levels.map((sigma) => roundHalfEven(timeOfSigma(trained, sigma)));
  }
  const sigmas = [...levels, config.final_sigmas_type === 'zero' ? 0 : (trained[0] as number)];
  const lastIsFirstOrder =
    config.euler_at_final === true ||
    (config.lower_order_final !== false && steps < FEW) ||
    config.final_sigmas_type === 'zero';
  let before: Float32Array | undefined;
  return sequential({
    timesteps: times,
    initialDeviation: 1,
    drawsNoise: false,
    step: (index, output, sample) => {
      const [from, to] = [levelOf(sigmas[index] as number), levelOf(sigmas[index + 1] as number)];
      const denoised = sample.map((x, i) => cleanOf(prediction, from, output[i] as number, x));
      const h = to.lambda - from.lambda;
      const first = before === undefined || (index === steps - 1 && lastIsFirstOrder);
      const r = first ? 1 : (from.lambda - levelOf(sigmas[index - 1] as number).lambda) / h;
      const [keep, pull] = [to.sigma / from.sigma, to.alpha * (1 - Math.exp(-h))];
      const former = first ? denoised : (before as Float32Array);
      const next = sample.map((x, i) => {
        const clean = denoised[i] as number;
        return keep * x + pull * (clean + (clean - (former[i] as number)) / (2 * r));
      });
      before = denoised;
      return { sample: next, denoised };
    },
  });
}
