export { activate } from './activation.ts';
export { crossAttention, initCrossAttention, initSelfAttention, selfAttention } from './attention.ts';
export { initLayerNorm, layerNorm, standardise } from './layer-norm.ts';
export { initLinear, linear } from './linear.ts';
export { initMlp, mlp } from './mlp.ts';
export { film, initFilm, modulate } from './modulation.ts';
export { initPerceiver, perceiver } from './perceiver.ts';
export { addPositions, initPositions, sinusoidal, sinusoidalPositions } from './positions.ts';
export { initModulatedBlock, initTransformerBlock, modulatedBlock, transformerBlock } from './transformer.ts';

export type { Activation } from './activation.ts';
export type { AttentionOptions, CrossAttentionParams, SelfAttentionParams } from './attention.ts';
export type { LayerNormParams } from './layer-norm.ts';
export type { LinearParams } from './linear.ts';
export type { MlpParams } from './mlp.ts';
export type { FilmParams } from './modulation.ts';
export type { PerceiverParams } from './perceiver.ts';
export type { PositionParams } from './positions.ts';
export type { ModulatedBlockParams, TransformerBlockParams } from './transformer.ts';
