export { createRasterizer, Rasterizer } from './bind.ts';
export { referenceBackward, referenceRender } from './reference/reference.ts';
export { referenceImageLoss } from './reference/reference-loss.ts';
export { decodePly, encodePly } from './formats/ply.ts';
export { decodeSplat, encodeSplat } from './formats/splat-file.ts';
export { decodeSpz, encodeSpz } from './formats/spz.ts';
export { LOW_PASS } from './layout.ts';
export { openRasterizer } from './open-rasterizer.ts';
export { EXTRA_GROUPS, PARAMETER_GROUPS } from './scene.ts';
export { SplatError } from './splat-error.ts';

export type { BackwardOptions, LossOptions, RasterizerOptions, RenderOptions } from './bind.ts';
export type { FitProblem, FitReport, FitResult, FitView } from './fit.ts';
export type { DecodeOptions, PlyOptions } from './formats/ply.ts';
export type { OpenOptions } from './open-rasterizer.ts';
export type { DeviceRasterizer } from './rasterizer.ts';
export type { ReferenceOutput } from './reference/reference.ts';
export type { ReferenceGradients } from './reference/scene-numbers.ts';
export type {
  Background,
  Camera,
  FrameOffsets,
  FrameView,
  GaussianArrays,
  GaussianGradients,
  GradientGroup,
  ImageLoss,
  ImageLossInput,
  OutputGradient,
  ParameterGroup,
  RenderOutput,
} from './scene.ts';
