/**
 * ΔG_t, the deformation field from the canonical Gaussians: per frame and Gaussian Δmean, Δrotation, Δlog-scale.
 * `dense` states it for every Gaussian; `particles` for P particles that carry the Gaussians by linear blending
 * (SC-GS), a few hundred times smaller. `evaluateDeformation` in models/gaussian-cloud gives the Gaussians of a frame
 * for either.
 */
export type Deformation = DenseDeformation | ParticleDeformation;

interface DeformationBase {
  /** F */
  readonly frames: number;
  readonly fps: number;
  /** N of the canonical Gaussians that it deforms */
  readonly count: number;
}

export interface DenseDeformation extends DeformationBase {
  readonly kind: 'dense';
  /** f32 [F, N, 3] world, added to the means */
  readonly meanOffsets: Float32Array;
  /** f32 [F, N, 4] wxyz, unit, multiplied from the left onto the canonical quaternions */
  readonly rotations: Float32Array;
  /** f32 [F, N, 3] added to the log-scales */
  readonly logScaleOffsets: Float32Array;
}

/**
 * For Gaussian n with particles k of weights w (sum 1): mean' = mean + Σ w_k t_k; quat' = normalise(Σ w_k r_k) · quat;
 * logScale' = logScale + Σ w_k s_k (after SC-GS, Huang et al. 2024). The weights reproduce affine maps (Σ w_k p_k =
 * mean), so the translations alone rotate and stretch the whole; r and s turn and stretch each Gaussian.
 */
export interface ParticleDeformation extends DeformationBase {
  readonly kind: 'particles';
  /** P */
  readonly particles: number;
  /** f32 [P, 3] world, canonical positions p */
  readonly positions: Float32Array;
  /** u8 [P] index into REGIONS */
  readonly regions: Uint8Array;
  /** K, particles that carry one Gaussian */
  readonly neighbours: number;
  /** i32 [N, K] index of a particle; unused slots repeat the first with weight 0 */
  readonly indices: Int32Array;
  /** f32 [N, K] sum to 1; slightly negative beyond the outermost particles */
  readonly weights: Float32Array;
  /** f32 [F, P, 3] t, world */
  readonly translations: Float32Array;
  /** f32 [F, P, 4] r, wxyz unit */
  readonly rotations: Float32Array;
  /** f32 [F, P, 3] s, added to ln(scale) */
  readonly logScaleOffsets: Float32Array;
}
