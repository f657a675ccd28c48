/** ᾱ_τ of a diffusion process, τ = 0 … steps - 1. */
export interface NoiseSchedule {
  readonly steps: number;
  /** f64 [steps] share of signal variance left after noise step τ */
  readonly alphaBar: Float64Array;
}

/**
 * The cosine schedule: ᾱ = f(τ)/f(0), f(τ) = cos²((τ/steps + s)/(1 + s) · π/2), s = 0.008, each β at most 0.999 (Nichol
 * and Dhariwal 2021).
 */
export function cosineSchedule(steps: number): NoiseSchedule {
  const f = (tau: number): number => Math.cos(((tau / steps + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  const alphaBar = new Float64Array(steps);
  let product = 1;
  for (let tau = 0; tau < steps; tau++) {
    product *= 1 - Math.min(0.999, 1 - f(tau + 1) / f(tau));
    alphaBar[tau] = product;
  }
  return { steps, alphaBar };
}

/** The steps that DDIM visits, from noise to data: `count` of them, evenly spaced, the noisiest first. */
export function ddimSteps(schedule: NoiseSchedule, count: number): Int32Array {
  const used = Math.min(count, schedule.steps);
  return Int32Array.from({ length: used }, (_, i) => Math.round(((used - 1 - i + 1) * schedule.steps) / used) - 1);
}

/**
 * One DDIM step (Song et al. 2021, eq. 12) for a network that predicts clean data, in place:
 * x ← √ᾱ' x̂0 + √(1 − ᾱ' − σ²) ε̂ + σ z, ε̂ = (x − √ᾱ x̂0)/√(1 − ᾱ), σ = η √((1 − ᾱ')/(1 − ᾱ)) √(1 − ᾱ/ᾱ').
 *
 * @param clean prediction x̂0
 * @param noise z, read when eta > 0
 * @param next  the step to go to, -1 for clean data
 */
export function ddimStep(
  schedule: NoiseSchedule,
  x: Float32Array,
  clean: Float32Array,
  tau: number,
  next: number,
  eta: number,
  noise: Float32Array,
): void {
  const now = schedule.alphaBar[tau];
  const then = next < 0 ? 1 : schedule.alphaBar[next];
  const sigma = eta * Math.sqrt((1 - then) / (1 - now)) * Math.sqrt(1 - now / then);
  const direction = Math.sqrt(Math.max(0, 1 - then - sigma * sigma));
  for (let i = 0; i < x.length; i++) {
    const epsilon = (x[i] - Math.sqrt(now) * clean[i]) / Math.sqrt(1 - now);
    x[i] = Math.sqrt(then) * clean[i] + direction * epsilon + (sigma > 0 ? sigma * noise[i] : 0);
  }
}
