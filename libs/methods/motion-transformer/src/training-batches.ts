import type { Rng, Tensor } from '@soliloquy/tensor';
import type { NoiseSchedule } from './noise-schedule.ts';

/** One clip as the network learns it. */
export interface LearnedClip {
  /** F */
  readonly frames: number;
  /** x_t, f32 [F, latent] each: as it is, then with what it takes of other clips */
  readonly latents: readonly Float32Array[];
  /** f32 [F, audio] what is heard at each frame */
  readonly condition: Float32Array;
}

/** Share of sequences that hear nothing: the motion without a voice, which sampling is guided away from. */
export const UNHEARD = 0.1;
/** Position codes start at a random number below this. */
const STARTS = 1000;

/** Sequences to learn. A type, not an interface: batches are trees of tensors. */
export type TrainingBatch = {
  /** f32 [B, T, latent] x_t, standardised */
  readonly clean: Tensor;
  /** f32 [B, T, latent] √ᾱ_τ x_t + √(1 − ᾱ_τ) ε */
  readonly x: Tensor;
  /** f32 [B, T, audio] standardised, with noise; 0 where nothing is heard */
  readonly audio: Tensor;
  /** f32 [B] noise step τ */
  readonly tau: Tensor;
  /** f32 [B] number of the first frame */
  readonly start: Tensor;
};

/** How large batches are. */
export interface BatchSize {
  /** B, sequences in a batch */
  readonly batch: number;
  /** T, frames of a sequence */
  readonly frames: number;
  readonly latent: number;
  readonly audio: number;
  /** deviation of the noise that is added to the condition, of the condition's own */
  readonly audioNoise: number;
}

/**
 * Batches without end: sequences from anywhere in all clips, each at a noise step of its own.
 *
 * @param clips standardised
 */
export function trainingBatches(
  clips: readonly LearnedClip[],
  schedule: NoiseSchedule,
  { batch: B, frames: T, latent, audio, audioNoise }: BatchSize,
  rng: Rng,
): () => TrainingBatch {
  const draw = rng.fork('batch');
  const noise = rng.fork('noise');
  return () => {
    const clean = new Float32Array(B * T * latent);
    const heard = new Float32Array(B * T * audio);
    const noisy = noise.normal([B, T, latent]).data;
    const jitter = noise.normal([B, T, audio]).data;
    const tau = new Float32Array(B);
    const start = new Float32Array(B);
    for (let b = 0; b < B; b++) {
      const [pick, which, from, when, where] = draw.uniform([5]).data;
      const { frames, latents, condition } = clips[Math.floor(pick * clips.length)];
      const motion = latents[Math.floor(which * latents.length)];
      const first = Math.floor(from * (frames - T + 1));
      clean.set(motion.subarray(first * latent, (first + T) * latent), b * T * latent);
      heard.set(condition.subarray(first * audio, (first + T) * audio), b * T * audio);
      tau[b] = Math.floor(when * schedule.steps);
      start[b] = Math.floor(where * STARTS);
      const signal = Math.sqrt(schedule.alphaBar[tau[b]]);
      const share = Math.sqrt(1 - schedule.alphaBar[tau[b]]);
      for (let i = b * T * latent; i < (b + 1) * T * latent; i++) noisy[i] = signal * clean[i] + share * noisy[i];
    }
    for (let i = 0; i < heard.length; i++) heard[i] += audioNoise * jitter[i];
    for (let b = 0; b < B; b++)
      if (draw.uniform([1]).data[0] < UNHEARD) heard.fill(0, b * T * audio, (b + 1) * T * audio);
    return {
      clean: { shape: [B, T, latent], data: clean },
      x: { shape: [B, T, latent], data: noisy },
      audio: { shape: [B, T, audio], data: heard },
      tau: { shape: [B], data: tau },
      start: { shape: [B], data: start },
    };
  };
}
