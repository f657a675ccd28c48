/**
 * N Gaussians as plain arrays. Frame of means and quats: world, +x right, +y down, +z forward (as in 3DGS and OpenCV).
 * N is `opacityLogits.length`; all other lengths follow from it.
 */
export type GaussianArrays = {
  /** f32 [N, 3] world units. */
  readonly means: Float32Array;
  /** f32 [N, 4] wxyz, need not be unit, must not be zero. */
  readonly quats: Float32Array;
  /** f32 [N, 3] ln(world units): standard deviation along each local axis. */
  readonly logScales: Float32Array;
  /** f32 [N] logit of the opacity: opacity = 1 / (1 + exp(-logit)). */
  readonly opacityLogits: Float32Array;
  /**
   * f32 [N, 3] rgb as displayed, nominally 0..1, never clamped here. With `shRest` it is the harmonic of degree 0 as a
   * colour: 0.5 + Y₀₀ f_dc.
   */
  readonly colors: Float32Array;
  /**
   * f32 [N, K, 3] coefficients of the real spherical harmonics of degrees 1 … D in the order of 3DGS, K = 3, 8, 15 for
   * D = 1, 2, 3. The colour seen along a direction is then max(0, colors + Σ Yₖ shRestₖ). None: the colour is `colors`
   * from everywhere.
   */
  readonly shRest?: Float32Array;
};

/** Zeros for N Gaussians of one colour from everywhere, to be filled. */
export function allocateGaussians(count: number): GaussianArrays {
  return {
    means: new Float32Array(count * 3),
    quats: new Float32Array(count * 4),
    logScales: new Float32Array(count * 3),
    opacityLogits: new Float32Array(count),
    colors: new Float32Array(count * 3),
  };
}

/**
 * A pinhole camera. Pixel (column, row) has its centre at (column + 0.5, row + 0.5); a camera-space point (x, y, z)
 * falls on (fx x / z + cx, fy y / z + cy).
 */
export type Camera = {
  /** pixels, 1..8192 */
  readonly width: number;
  /** pixels, 1..8192 */
  readonly height: number;
  /** pixels */
  readonly fx: number;
  /** pixels */
  readonly fy: number;
  /** pixels from the left edge of the image */
  readonly cx: number;
  /** pixels from the upper edge of the image */
  readonly cy: number;
  /** rigid transform, row-major: 12 numbers [R | t] or 16 with the last row 0 0 0 1 */
  readonly worldToCamera: ArrayLike<number>;
  /** world units; a Gaussian whose centre is nearer than this along +z is not drawn. Default 0.01. */
  readonly near?: number;
};

/** One rgb, or an image f32 [H, W, 3] of the camera's size. */
export type Background = readonly [number, number, number] | Float32Array;

/** What a render gives. */
export type RenderOutput = {
  readonly width: number;
  readonly height: number;
  /** f32 [H, W, 3] with the background composited. */
  readonly color: Float32Array;
  /** f32 [H, W] share of the background that is still seen, 1 - alpha. */
  readonly transmittance: Float32Array;
  /** f32 [H, W] Σ w z in world units (not divided by alpha, 0 where nothing is); only when asked for. */
  readonly depth?: Float32Array;
};

/** Gradient of a scalar L with respect to what a render gave. */
export type OutputGradient = {
  /** f32 [H, W, 3] dL/dcolor */
  readonly color: Float32Array;
  /** f32 [H, W] dL/dtransmittance, which is -dL/dalpha; none means 0 */
  readonly transmittance?: Float32Array;
  /** f32 [H, W] dL/ddepth of the depth as `RenderOutput` has it, Σ w z; none means 0 */
  readonly depth?: Float32Array;
};

/** The groups of parameters a gradient can be taken for. `means2d` are the projected centres, in pixels. */
export const PARAMETER_GROUPS = ['means', 'quats', 'logScales', 'opacityLogits', 'colors', 'means2d'] as const;

/** One of `PARAMETER_GROUPS`. */
export type ParameterGroup = (typeof PARAMETER_GROUPS)[number];

/**
 * What a gradient can be taken for besides: the harmonics of the scene, and the background. Neither is taken unless it
 * is asked for by name.
 */
export const EXTRA_GROUPS = ['shRest', 'background'] as const;

/** One of `PARAMETER_GROUPS` or `EXTRA_GROUPS`. */
export type GradientGroup = ParameterGroup | (typeof EXTRA_GROUPS)[number];

/** Gradients of a scalar L; an array has length 0 where the caller did not ask for its group. */
export type GaussianGradients = {
  /** f32 [N, 3] */
  readonly means: Float32Array;
  /** f32 [N, 4] wxyz, of the quaternion as given (not normalised) */
  readonly quats: Float32Array;
  /** f32 [N, 3] */
  readonly logScales: Float32Array;
  /** f32 [N] */
  readonly opacityLogits: Float32Array;
  /** f32 [N, 3] */
  readonly colors: Float32Array;
  /** f32 [N, 2] dL per pixel of the projected centre; its norm tells where to densify */
  readonly means2d: Float32Array;
  /** f32 [N, K, 3], where it was asked for */
  readonly shRest?: Float32Array;
  /** f32 [3], or [H, W, 3] where the background was an image; where it was asked for */
  readonly background?: Float32Array;
};

/**
 * ΔG_t of F frames over one canonical set, Gaussian by Gaussian: mean + Δmean, rotation ⊗ quat, logScale + Δ. Frame by
 * frame, N Gaussians each.
 */
export type FrameOffsets = {
  /** f32 [F, N, 3] world units */
  readonly means: Float32Array;
  /** f32 [F, N, 4] wxyz, need not be unit; the identity is [1, 0, 0, 0] */
  readonly rotations: Float32Array;
  /** f32 [F, N, 3] */
  readonly logScales: Float32Array;
};

/** One frame of a batch: which offsets, from where, over what. */
export type FrameView = {
  readonly camera: Camera;
  readonly background: Background;
  /** number of the frame whose offsets move the Gaussians; none: at rest */
  readonly frame?: number;
};

/** Value and gradient of the image loss (1 - λ) L1 + λ (1 - SSIM). */
export type ImageLoss = {
  /** (1 - λ) l1 + λ (1 - ssim) */
  readonly value: number;
  /** weighted mean of |image - target| over pixels and channels */
  readonly l1: number;
  /** weighted mean of the SSIM map over pixels and channels, -1..1 */
  readonly ssim: number;
  /** f32 [H, W, 3] dvalue/dimage */
  readonly gradient: Float32Array;
};

/** What an image loss compares. */
export type ImageLossInput = {
  readonly width: number;
  readonly height: number;
  /** f32 [H, W, 3] */
  readonly image: Float32Array;
  /** f32 [H, W, 3] */
  readonly target: Float32Array;
  /** f32 [H, W], not negative, not all zero; none means 1 everywhere. Both maps are averaged with it. */
  readonly weights?: Float32Array;
  /** λ in 0..1. Default 0.2. At 0 SSIM is not computed and is reported as NaN. */
  readonly ssimWeight?: number;
};
