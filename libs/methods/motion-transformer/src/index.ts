export { audioCondition, STACK } from './audio-condition.ts';
export { denoise, predictClean } from './denoise.ts';
export { denoisingLoss } from './denoising-loss.ts';
export { cosineSchedule, ddimStep, ddimSteps } from './noise-schedule.ts';
export { openMotionModel, packMotionModel } from './motion-model.ts';
export { exportNetwork, openNetwork } from './network-file.ts';
export { initMotionTransformer, motionTransformer } from './motion-transformer.ts';
export { standardise } from './standardise.ts';
export { trainingBatches } from './training-batches.ts';

export type { Blinks, MotionModel, MotionModelContents } from './motion-model.ts';
export type { MotionTransformerParams, MotionTransformerSize } from './motion-transformer.ts';
export type { Denoiser, Sampling } from './denoise.ts';
export type { LearnedClip } from './training-batches.ts';
export type { NoiseSchedule } from './noise-schedule.ts';
export type { MotionWindow, Scale, TrainedNetwork, WindowNetwork } from './network-file.ts';
export type { PackedMotionModel } from './motion-port.ts';
