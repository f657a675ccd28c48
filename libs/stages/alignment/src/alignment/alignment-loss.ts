import { numpy as np } from '@jax-js/jax';
import {
  contrastive,
  decodeMotion,
  embedAudio,
  EMBEDDING_WIDTH,
  embedMotion,
  encodeMotion,
  unit,
  type AlignedSpaceParams,
  type MotionCodecParams,
  type MotionLayout,
} from '@soliloquy/gaussian-codec';
import type { Traced } from '@soliloquy/tensor';
import { PATCH } from './retrieval.ts';
import type { PatchBatch } from './training-patches.ts';

const TEMPERATURE = 0.1;
/**
 * Deviation of the noise on x_t while decoding is learned, of a latent of unit scale: nearby latents decode to nearby
 * motion, which diffusion needs.
 */
const LATENT_NOISE = 0.05;
/** Keeps the latent near unit scale, where its noise means something. */
const SPREAD_WEIGHT = 1e-3;
/** Frames between two that are compared one by one: a neighbour is no negative. */
const STRIDE = 5;

/** Everything that alignment learns. */
export type AlignmentParams = { readonly codec: MotionCodecParams; readonly space: AlignedSpaceParams };

/** What the loss depends on beside parameters and batch. */
export interface AlignmentLossOptions {
  readonly layout: MotionLayout;
  /** of the Perceivers */
  readonly heads: number;
  /** 25-frame patches in a batch */
  readonly patches: number;
  /** of the contrastive terms against the reconstruction */
  readonly contrastWeight: number;
  /** of the contrastive term per patch beside that per frame */
  readonly patchWeight: number;
}

/** Scalars, as a type for `compile`: the loss, and the terms that are reported. */
export type AlignmentTerms = {
  readonly loss: np.Array;
  readonly aux: { readonly reconstruction: np.Array; readonly perFrame: np.Array; readonly perPatch: np.Array };
};

/**
 * L = mean (D(x + 0.05 z) − m)² + 0.001 mean x² + w (C_frame + v C_patch): reconstruction of the standardised motion m
 * from x = E_X(m), and contrastive cosine of voice and motion, per frame (five of each patch) and per mean-pooled
 * patch.
 */
export function alignmentLoss({
  layout,
  heads,
  patches,
  contrastWeight,
  patchWeight,
}: AlignmentLossOptions): (params: Traced<AlignmentParams>, batch: Traced<PatchBatch>) => AlignmentTerms {
  return ({ codec, space }, { tokens, windows, noise }) => {
    const latent = encodeMotion(codec, tokens.ref, layout, heads);
    const decoded = decodeMotion(codec, latent.ref.add(noise.mul(LATENT_NOISE)), layout);
    const reconstruction = np.square(decoded.sub(tokens)).mean();
    const spread = np.square(latent.ref).mean().mul(SPREAD_WEIGHT);
    const motion = embedMotion(space, latent);
    const voice = embedAudio(space, windows, heads);
    const perFrame = contrastive(thinned(voice.ref, patches), thinned(motion.ref, patches), TEMPERATURE);
    const perPatch = contrastive(pooled(voice, patches), pooled(motion, patches), TEMPERATURE);
    const weighed = patchWeight === 1 ? perPatch.ref : perPatch.ref.mul(patchWeight);
    const loss = reconstruction.ref.add(spread).add(perFrame.ref.add(weighed).mul(contrastWeight));
    return { loss, aux: { reconstruction, perFrame, perPatch } };
  };
}

/** The middle one of every five frames: f32 [patches · 25, 64] to [patches · 5, 64]. */
function thinned(x: np.Array, patches: number): np.Array {
  const kept = PATCH / STRIDE;
  return x
    .reshape([patches, kept, STRIDE, EMBEDDING_WIDTH])
    .slice([], [], (STRIDE - 1) / 2, [])
    .reshape([patches * kept, EMBEDDING_WIDTH]);
}

/** Mean over each patch, of unit length again: f32 [patches · 25, 64] to [patches, 64]. */
function pooled(x: np.Array, patches: number): np.Array {
  return unit(x.reshape([patches, PATCH, EMBEDDING_WIDTH]).mean(1));
}
