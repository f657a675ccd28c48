export { bodyLayers } from './body-layers.ts';
export { armOf, bodyScale, SIDES } from './arms.ts';
export { drawMesh, LayerPixels } from './layer-raster.ts';
export { layerSampler } from './layer-sampler.ts';
export { layerSource } from './layer-source.ts';
export { limbMesh, limbShares } from './limb-mesh.ts';
export { shoulderShare } from './shoulder-share.ts';

export type { BodyLayer, BodyLayers } from './body-layers.ts';
export type { Arm, ArmPart, BodyScale, Finger, Side } from './arms.ts';
export type { Canvas, MovedNodes, ToSource } from './layer-raster.ts';
export type { LayerSampler } from './layer-sampler.ts';
export type { LayerSource } from './layer-source.ts';
export type { LimbBones, LimbMesh } from './limb-mesh.ts';
