import { FLOW_PARTS, type LinearBasis } from '@soliloquy/latent-flow';
import type { PARTS } from '@soliloquy/ports';

/** A part of the body that keeps moving at least so much of what it does in the clips. */
export const LEAST_VARIANCE = 0.5;
type PartShares = Readonly<Record<(typeof PARTS)[number], number>>;

/**
 * Weight of each number of a latent in L_vsd: 1 for the mouth and what lids and mouth look like, `idle` for torso, arms
 * and head, which a voice hardly moves; 0 for what moves less than half as much as in the clips, where that is given.
 *
 * @returns f32 [K]
 */
export function componentWeights(
  { width, widths }: Pick<LinearBasis, 'width' | 'widths'>,
  latent: number,
  { idle, variance }: { readonly idle: number; readonly variance?: PartShares },
): Float32Array {
  const lives = (part: keyof PartShares): number => (variance && variance[part] < LEAST_VARIANCE ? 0 : 1);
  const of = {
    torso: idle * lives('body'),
    arms: idle * Math.min(lives('body'), lives('hand')),
    head: idle * lives('face'),
    mouth: lives('face'),
  };
  const weights = new Float32Array(latent).fill(lives('face'));
  let at = 0;
  for (const part of FLOW_PARTS) weights.fill(of[part], at, (at += widths[part]));
  if (at !== width) throw new RangeError(`basis: expected ${width} components, got ${at}`);
  return weights;
}

/** What a teacher says of latents. */
export interface LatentScore {
  /** f32 [F, K] ∂L/∂ẑ */
  readonly gradient: Float32Array;
  /** weighted mean square of (ẑ − ẑ_0) over the scale */
  readonly distance: number;
}

/**
 * L = ½ mean w ((ẑ − ẑ_0)/σ)² with ẑ_0 held fixed, so ∂L/∂ẑ = w (ẑ − ẑ_0) / (σ² F K). It is the score of SDS (Poole et
 * al. 2023), ε̂ − ε = (√ᾱ/√(1 − ᾱ)) (ẑ − ẑ_0), weighted by √(1 − ᾱ)/√ᾱ: bounded at every noise.
 *
 * @param latent  f32 [F, K] ẑ
 * @param clean   f32 [F, K] ẑ_0 of the teacher
 * @param weights f32 [K] of part and trust
 * @param scale   f32 [K] σ of the corpus
 */
export function latentScore(
  latent: Float32Array,
  clean: Float32Array,
  weights: Float32Array,
  scale: Float32Array,
): LatentScore {
  const K = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const gradient = new Float32Array(latent.length);
  let distance = 0;
  for (let i = 0; i < latent.length; i++) {
    const error = (latent[i] - clean[i]) / scale[i % K];
    gradient[i] = (weights[i % K] * error) / (scale[i % K] * latent.length);
    distance += (weights[i % K] * error ** 2 * K) / (Math.max(total, Number.MIN_VALUE) * latent.length);
  }
  return { gradient, distance };
}
