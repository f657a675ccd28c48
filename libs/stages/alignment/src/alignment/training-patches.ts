import {
  AUDIO_CONTEXT,
  audioWindows,
  LATENT_WIDTH,
  standardiseMotion,
  type MotionLayout,
} from '@soliloquy/gaussian-codec';
import type { Rng, Tensor } from '@soliloquy/tensor';
import type { Clip } from './clips.ts';
import { PATCH } from './retrieval.ts';

/** Patches of motion with their voice, one after the other: B = patches · 25 frames. A type: batches are trees. */
export type PatchBatch = {
  /** f32 [B, tokens, 3] standardised motion */
  readonly tokens: Tensor;
  /** f32 [B, 2·AUDIO_CONTEXT + 1, features] */
  readonly windows: Tensor;
  /** f32 [B, 192] standard normal */
  readonly noise: Tensor;
};

/** Batches without end: patches from anywhere in all clips. */
export function trainingPatches(
  clips: readonly Clip[],
  layout: MotionLayout,
  patches: number,
  rng: Rng,
): () => PatchBatch {
  const motions = clips.map(({ deformation }) => standardiseMotion(layout, deformation.translations));
  const heard = clips.map(({ features, deformation, width }) => audioWindows(features, deformation.frames, width));
  const draw = rng.fork('patches');
  const noise = rng.fork('noise');
  const context = 2 * AUDIO_CONTEXT + 1;
  const features = clips[0].width;
  const frames = patches * PATCH;
  const tokenSize = layout.tokens * 3;
  const heardSize = context * features;
  return () => {
    const tokens = new Float32Array(frames * tokenSize);
    const windows = new Float32Array(frames * heardSize);
    for (let patch = 0; patch < patches; patch++) {
      const [pick, start] = draw.uniform([2]).data;
      const clip = Math.floor(pick * clips.length);
      const from = Math.floor(start * (clips[clip].deformation.frames - PATCH + 1));
      tokens.set(motions[clip].subarray(from * tokenSize, (from + PATCH) * tokenSize), patch * PATCH * tokenSize);
      windows.set(heard[clip].subarray(from * heardSize, (from + PATCH) * heardSize), patch * PATCH * heardSize);
    }
    return {
      tokens: { shape: [frames, layout.tokens, 3], data: tokens },
      windows: { shape: [frames, context, features], data: windows },
      noise: noise.normal([frames, LATENT_WIDTH]),
    };
  };
}
