import { restoreMotion, type MotionDecoder } from '@soliloquy/gaussian-codec';
import { partVariance } from '@soliloquy/motion-clips';
import { ddimStep, ddimSteps, type NoiseSchedule, type TrainedNetwork } from '@soliloquy/motion-transformer';
import { PARTS } from '@soliloquy/ports';
import type { Rng } from '@soliloquy/tensor';
import type { StudentVoice } from './judged-rows.ts';
import type { Predict } from './term.ts';

/** Voices that are sampled, and DDIM steps. */
const VOICES = 4;
const STEPS = 15;

/**
 * Variance over time of each part in what a model samples for voices, of the clips' variance; undefined for a part that
 * the clips do not move.
 *
 * @param clips f32 [parts] world²
 */
export async function sampledVariance(
  scene: {
    readonly network: TrainedNetwork;
    readonly decoder: MotionDecoder;
    readonly schedule: NoiseSchedule;
    readonly voices: readonly StudentVoice[];
    readonly clips: Float32Array;
  },
  predict: Predict,
  rng: Rng,
): Promise<Record<(typeof PARTS)[number], number | undefined>> {
  const { network, decoder, schedule, clips } = scene;
  const { frames: T, size } = network;
  const voices = scene.voices.slice(0, VOICES);
  const count = voices.length;
  const x = rng.fork('start').normal([count, T, size.latent]).data;
  const audio = new Float32Array(count * T * size.audio);
  voices.forEach(({ condition }, b) => audio.set(condition.subarray(0, T * size.audio), b * T * size.audio));
  const steps = ddimSteps(schedule, STEPS);
  const fresh = rng.fork('steps');
  for (const [index, tau] of steps.entries()) {
    const rows = { count, x, audio, tau: new Float32Array(count).fill(tau), start: new Float32Array(count) };
    ddimStep(
      schedule,
      x,
      await predict(rows),
      tau,
      steps[index + 1] ?? -1,
      1,
      fresh.normal([count, T, size.latent]).data,
    );
  }
  const { mean, scale } = network.motion;
  const tokens = await decoder.tokens(x.map((value, i) => value * scale[i % scale.length] + mean[i % mean.length]));
  const moved = new Float64Array(PARTS.length);
  const width = tokens.length / count;
  for (let b = 0; b < count; b++) {
    const translations = restoreMotion(decoder.layout, tokens.subarray(b * width, (b + 1) * width));
    partVariance(translations, decoder.rig.regions).forEach((value, part) => (moved[part] += value / count));
  }
  return Object.fromEntries(PARTS.map((part, i) => [part, clips[i] > 0 ? moved[i] / clips[i] : undefined])) as Record<
    (typeof PARTS)[number],
    number | undefined
  >;
}
