import type { GaussianArrays } from '../scene.ts';

/** Numbers of a scene in any precision: the reference is differentiated by differences in f64. */
export type SceneNumbers = { readonly [K in Exclude<keyof GaussianArrays, 'shRest'>]: Float32Array | Float64Array } & {
  readonly shRest?: Float32Array | Float64Array;
};

/** As `GaussianGradients`, in f64, all groups. */
export type ReferenceGradients = {
  readonly means: Float64Array;
  readonly quats: Float64Array;
  readonly logScales: Float64Array;
  readonly opacityLogits: Float64Array;
  readonly colors: Float64Array;
  readonly means2d: Float64Array;
  /** length 0 where the scene has no harmonics */
  readonly shRest: Float64Array;
  readonly background: Float64Array;
};
