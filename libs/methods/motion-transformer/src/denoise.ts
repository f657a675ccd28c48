import { createRng } from '@soliloquy/tensor';
import { cosineSchedule, ddimStep, ddimSteps } from './noise-schedule.ts';
import type { MotionModel } from './opened-motion.ts';
import type { MotionWindow } from './window-network.ts';
import { planWindows, type Window } from './windows.ts';

/** Position codes go round after this many frames, as far as training knows them. */
const STARTS = 1000;

/** The last so many predictions are refined: a network of clean motion must not see noise that it was not taught. */
const REFINED_STEPS = 3;

/** What of a motion model sampling needs. */
export type Denoiser = Pick<MotionModel, 'frames' | 'noiseSteps' | 'latent' | 'audio' | 'predict' | 'refine'>;

/** How motion is made of noise. */
export interface Sampling {
  /** DDIM steps */
  readonly steps: number;
  /** 0: deterministic given the first noise; 1: as noisy as DDPM */
  readonly eta: number;
  /** 1: as learned; above, away from the motion without a voice */
  readonly guidance: number;
  /** frames that neighbouring windows share */
  readonly overlap: number;
  readonly seed: number;
  /** Called after every window and every DDIM step, with the steps that are done; throws where it is to stop. */
  readonly step: (done: number, total: number) => Promise<void>;
}

/**
 * Motion for a voice: DDIM from noise to data, where each step's clean motion is predicted window by window and
 * averaged where windows overlap.
 *
 * @param condition f32 [F, audio] standardised; F at least T of the model
 * @returns         f32 [F, latent] standardised x_t
 */
export async function denoise(model: Denoiser, condition: Float32Array, sampling: Sampling): Promise<Float32Array> {
  const frames = condition.length / model.audio;
  const schedule = cosineSchedule(model.noiseSteps);
  const steps = ddimSteps(schedule, sampling.steps);
  const noise = createRng(sampling.seed);
  const x = noise.fork('start').normal([frames, model.latent]).data;
  const stream = noise.fork('steps');
  for (const [index, tau] of steps.entries()) {
    const step = async () => sampling.step(index, steps.length);
    const isRefined = index >= steps.length - REFINED_STEPS;
    const used = isRefined ? model : { ...model, refine: undefined };
    const clean = await predictClean(used, { x, condition, tau }, { ...sampling, step });
    const fresh = stream.normal([frames, model.latent]).data;
    ddimStep(schedule, x, clean, tau, steps[index + 1] ?? -1, sampling.eta, fresh);
    await sampling.step(index + 1, steps.length);
  }
  return x;
}

/**
 * Clean motion of a noisy one of any length: predicted window by window, averaged where windows overlap.
 *
 * @param noisy.x         f32 [F, latent] standardised; F at least T of the model
 * @param noisy.condition f32 [F, audio] standardised
 * @returns               f32 [F, latent]
 */
export async function predictClean(
  model: Pick<Denoiser, 'frames' | 'latent' | 'audio' | 'predict' | 'refine'>,
  { x, condition, tau }: { readonly x: Float32Array; readonly condition: Float32Array; readonly tau: number },
  how: Pick<Sampling, 'guidance' | 'overlap'> & { readonly step?: () => Promise<void> },
): Promise<Float32Array> {
  const frames = x.length / model.latent;
  const windows = planWindows(frames, model.frames, how.overlap);
  return averageOverWindows(windows, frames, model.latent, async ({ start }) => {
    const cut = (rows: Float32Array, width: number) => rows.slice(start * width, (start + model.frames) * width);
    const window = { x: cut(x, model.latent), audio: cut(condition, model.audio), tau, start: start % STARTS };
    const predicted = await guidedPrediction(model, window, how.guidance);
    await model.refine?.(predicted, window.audio);
    await how.step?.();
    return predicted;
  });
}

/**
 * Classifier-free guidance (Ho and Salimans 2022): unheard + w (heard − unheard), where unheard is the prediction
 * without a voice. With w = 1 that is what the voice gives, and the network runs once.
 */
export async function guidedPrediction(
  model: Pick<Denoiser, 'predict'>,
  window: MotionWindow,
  guidance: number,
): Promise<Float32Array> {
  const predicted = await model.predict(window);
  if (guidance === 1) return predicted;
  const unheard = await model.predict({ ...window, audio: new Float32Array(window.audio.length) });
  for (let i = 0; i < predicted.length; i++) predicted[i] = unheard[i] + guidance * (predicted[i] - unheard[i]);
  return predicted;
}

/**
 * Mean of what is predicted for each window, by the windows' weights.
 *
 * @param predict f32 [T, width] of one window
 * @returns       f32 [frames, width]
 */
export async function averageOverWindows(
  windows: readonly Window[],
  frames: number,
  width: number,
  predict: (window: Window) => Promise<Float32Array>,
): Promise<Float32Array> {
  const mean = new Float32Array(frames * width);
  const total = new Float32Array(frames);
  for (const window of windows) {
    const { start, weights } = window;
    const predicted = await predict(window);
    for (let frame = 0; frame < weights.length; frame++) {
      total[start + frame] += weights[frame];
      for (let i = 0; i < width; i++)
        mean[(start + frame) * width + i] += weights[frame] * predicted[frame * width + i];
    }
  }
  for (let i = 0; i < mean.length; i++) mean[i] /= total[Math.floor(i / width)];
  return mean;
}
