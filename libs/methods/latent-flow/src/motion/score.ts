import { Fault } from '@soliloquy/fault';
import { cosineSchedule, predictClean } from '@soliloquy/motion-transformer';
import { createRng } from '@soliloquy/tensor';
import type { LatentFlow, Speech } from './latent-flow-model.ts';

/** What is scored, and how. */
export interface Scoring {
  /** f32 [F, latent] */
  readonly latent: Float32Array;
  readonly speech: Speech;
  /** noise step */
  readonly tau: number;
  readonly seed: number;
  /** 1: as learned; above, away from the motion without a voice */
  readonly guidance: number;
  /** frames that neighbouring windows share */
  readonly overlap: number;
}

/** How likely a motion is for its speech. */
export interface Score {
  /** f32 [F, latent] what the model makes of it */
  readonly clean: Float32Array;
  /** f32 [F, latent] of the latent: w (ε̂ − ε) over the scale of each number */
  readonly gradient: Float32Array;
  /** w(τ) = 1 − ᾱ */
  readonly weight: number;
  /** mean square of x_0 − x̂_0, standardised */
  readonly distance: number;
}

/**
 * The gradient of score distillation (Poole et al. 2023) in the latent: x_τ = √ᾱ x_0 + √(1 − ᾱ) ε, cleaned to x̂_0,
 * ε̂ = (x_τ − √ᾱ x̂_0) / √(1 − ᾱ), so ε̂ − ε = √ᾱ / √(1 − ᾱ) (x_0 − x̂_0). No network is differentiated.
 *
 * @throws Fault `latent-flow.argument` for a noise step that the model has not, or a motion of another length
 */
export async function scoreLatents(model: LatentFlow, scoring: Scoring): Promise<Score> {
  const { latent, speech, tau, seed } = scoring;
  const { noiseSteps } = model;
  if (!Number.isInteger(tau) || tau < 0 || tau >= noiseSteps)
    throw argument('tau', `a whole number from 0 to ${noiseSteps - 1}`, String(tau));
  if (latent.length !== speech.frames * model.latent || !latent.every(Number.isFinite))
    throw argument('latent', `finite f32 [${speech.frames}, ${model.latent}]`, `f32 [${latent.length}]`);
  const alphaBar = cosineSchedule(noiseSteps).alphaBar[tau];
  const [signal, share] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
  const condition = model.condition(speech);
  const frames = condition.length / model.audio;
  // What is shorter than a window stands still after its end.
  const held = new Float32Array(frames * model.latent);
  for (let f = 0; f < frames; f++) {
    const from = Math.min(f, speech.frames - 1) * model.latent;
    held.set(latent.subarray(from, from + model.latent), f * model.latent);
  }
  const x0 = model.standardise(held);
  const noise = createRng(seed).normal([frames, model.latent]).data;
  const x = x0.map((value, i) => signal * value + share * noise[i]);
  const predicted = await predictClean(model, { x, condition, tau }, scoring);
  const clean = predicted.subarray(0, latent.length);
  const weight = 1 - alphaBar;
  const gradient = new Float32Array(latent.length);
  let distance = 0;
  for (let i = 0; i < latent.length; i++) {
    const error = x0[i] - clean[i];
    gradient[i] = (weight * signal * error) / (share * model.scale[i % model.latent]);
    distance += error ** 2 / latent.length;
  }
  return { clean: model.restore(clean), gradient, weight, distance };
}

function argument(what: string, expected: string, got: string): Fault {
  return new Fault({
    code: 'latent-flow.argument',
    where: `latent-flow.score.${what}`,
    expected,
    got,
    remedy: 'correct it',
  });
}
