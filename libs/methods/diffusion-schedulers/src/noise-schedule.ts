import { Fault } from '@soliloquy/fault';
import type { SchedulerConfig, Spacing } from './scheduler-config.ts';

/** Largest beta of the cosine schedule (Nichol and Dhariwal 2021). */
const LARGEST_BETA = 0.999;
/** The exponent of Karras et al. 2022, table 1. */
const RHO = 7;

/** What stands for ᾱ = 0, so that σ is finite: the smallest number of f16. */
const ALMOST_NO_SIGNAL = 2 ** -24;

/** Betas where a file does not say them: those of its class. */
export interface BetaDefaults {
  readonly start: number;
  readonly end: number;
  readonly schedule: 'linear' | 'scaled_linear';
}

/** Those of Ho et al. 2020, which most classes have. */
export const DDPM_BETAS: BetaDefaults = { start: 0.0001, end: 0.02, schedule: 'linear' };

/**
 * Variances β_t of the forward process, f64 [T]: linear (Ho et al. 2020), linear in √β (Rombach et al. 2022), or cosine
 * in ᾱ (Nichol and Dhariwal 2021).
 */
export function betasOf(config: SchedulerConfig, defaults: BetaDefaults): Float64Array {
  if (config.trained_betas != null) return Float64Array.from(config.trained_betas);
  const { num_train_timesteps: count } = config;
  const [start, end] = [config.beta_start ?? defaults.start, config.beta_end ?? defaults.end];
  const schedule = config.beta_schedule ?? defaults.schedule;
  if (schedule === 'linear') return linspace(start, end, count);
  if (schedule === 'scaled_linear') return linspace(Math.sqrt(start), Math.sqrt(end), count).map((root) => root ** 2);
  const bar = (time: number): number => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
  return Float64Array.from({ length: count }, (_, index) =>
    Math.min(1 - bar((index + 1) / count) / bar(index / count), LARGEST_BETA),
  );
}

/**
 * Betas of the same first step whose last step has no signal: √ᾱ shifted and scaled (Lin et al. 2024, algorithm 1).
 *
 * @param betas f64 [T]
 */
export function withZeroTerminalSnr(betas: Float64Array): Float64Array {
  const roots = cumulativeAlphas(betas).map(Math.sqrt);
  const [first, last] = [roots[0] as number, roots.at(-1) as number];
  const bars = roots.map((root) => ((root - last) * first) / (first - last)).map((root) => root ** 2);
  return bars.map((bar, index) => 1 - (index === 0 ? bar : bar / (bars[index - 1] as number)));
}

/** ᾱ_t = Π (1 − β_s), f64 [T]. */
export function cumulativeAlphas(betas: Float64Array): Float64Array {
  let product = 1;
  return betas.map((beta) => (product *= 1 - beta));
}

/** ᾱ of the training with what a configuration says of it, f64 [T]. */
export function trainedAlphas(config: SchedulerConfig, defaults: BetaDefaults): Float64Array {
  const betas = betasOf(config, defaults);
  return cumulativeAlphas(config.rescale_betas_zero_snr === true ? withZeroTerminalSnr(betas) : betas);
}

/** σ of every time of the training, f64 [T]. */
export function trainedSigmas(config: SchedulerConfig): Float64Array {
  const alphas = trainedAlphas(config, DDPM_BETAS);
  if (config.rescale_betas_zero_snr === true) alphas[alphas.length - 1] = ALMOST_NO_SIGNAL;
  return sigmasOf(alphas);
}

/** Which times of a training of `count` are taken. */
export interface TimeChoice {
  readonly count: number;
  readonly steps: number;
  /** Added to each, where the spacing is `leading`. */
  readonly offset: number;
  /** Whether the times are whole numbers. */
  readonly whole: boolean;
}

/**
 * Times of the training at which samples are taken, falling, as table 2 of Lin et al. 2024 calls them. Rounding is that
 * of IEEE 754 (halves to the even number), as in the published schedules.
 */
export function spacedTimes(spacing: Spacing, { count, steps, offset, whole }: TimeChoice): number[] {
  const indices = Array.from({ length: steps }, (_, index) => index);
  if (spacing === 'leading') {
    const ratio = Math.floor(count / steps);
    return indices.map((index) => index * ratio + offset).reverse();
  }
  if (spacing === 'trailing') return indices.map((index) => roundHalfEven(count - (index * count) / steps) - 1);
  const times = [...linspace(0, count - 1, steps)].reverse();
  return whole ? times.map(roundHalfEven) : times;
}

/** σ_t = √((1 − ᾱ_t) / ᾱ_t): the noise beside a signal of scale 1. f64 [T], rising. */
export function sigmasOf(alphas: Float64Array): Float64Array {
  return alphas.map((alpha) => Math.sqrt((1 - alpha) / alpha));
}

/** σ at times between the training's, by linear interpolation. */
export function sigmaAt(sigmas: Float64Array, time: number): number {
  const low = Math.min(Math.max(Math.floor(time), 0), sigmas.length - 1);
  const high = Math.min(low + 1, sigmas.length - 1);
  const [from, to] = [sigmas[low] as number, sigmas[high] as number];
  return from + (to - from) * Math.min(Math.max(time - low, 0), 1);
}

/** n falling sigmas, even in σ^(1/7) (Karras et al. 2022, equation 5). */
export function karrasSigmas(largest: number, smallest: number, steps: number): number[] {
  const [high, low] = [largest ** (1 / RHO), smallest ** (1 / RHO)];
  return [...linspace(0, 1, steps)].map((ramp) => (high + ramp * (low - high)) ** RHO);
}

/** The time of the training at which σ is this, by linear interpolation of ln σ. */
export function timeOfSigma(sigmas: Float64Array, sigma: number): number {
  const wanted = Math.log(Math.max(sigma, 1e-10));
  let low = 0;
  while (low < sigmas.length - 2 && Math.log(sigmas[low + 1] as number) <= wanted) low++;
  const [from, to] = [Math.log(sigmas[low] as number), Math.log(sigmas[low + 1] as number)];
  return low + Math.min(Math.max((from - wanted) / (from - to), 0), 1);
}

/** n numbers from a to b, both included. */
export function linspace(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) =>
    count === 1 ? from : from + ((to - from) * index) / (count - 1),
  );
}

/** Halves go to the even number. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
}

/** @throws Fault `schedulers.steps` */
export function checkSteps(steps: number, most: number): void {
  if (Number.isInteger(steps) && steps >= 1 && steps <= most) return;
  throw new Fault({
    code: 'schedulers.steps',
    where: 'steps',
    expected: `a whole number from 1 to ${most}`,
    got: String(steps),
    remedy: 'choose another number of steps',
  });
}

/** @throws Fault `schedulers.steps` where an offset leads out of the training's times */
export function checkTimes(times: readonly number[], count: number): void {
  const out = times.find((time) => time < 0 || time >= count);
  if (out !== undefined)
    throw new Fault({
      code: 'schedulers.steps',
      where: 'steps',
      expected: `times from 0 to ${count - 1}`,
      got: `${out}, by steps_offset`,
      remedy: 'choose fewer steps or another timestep_spacing',
    });
}
