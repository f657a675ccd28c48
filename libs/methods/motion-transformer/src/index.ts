export { audioCondition, STACK } from './audio-condition.ts';
export { denoise, predictClean } from './denoise.ts';
export { denoisingLoss } from './denoising-loss.ts';
export { cosineSchedule, ddimStep, ddimSteps } from './noise-schedule.ts';
export { openMotionModel, packMotionModel } from './motion-model.ts';
export { exportNetwork, openNetwork } from './network-file.ts';
export { initMotionTransformer, motionTransformer } from './motion-transformer.ts';
export { standardise } from './standardise.ts';
export { trainingBatches } from './training-batches.ts';

export type { MotionModelContents } from './motion-model.ts';
export type { Blinks, MotionModel } from './opened-motion.ts';
export type { MotionTransformerParams, MotionTransformerSize } from './motion-transformer.ts';
export type { Denoiser, Sampling } from './denoise.ts';
export type { LearnedClip } from './training-batches.ts';
export type { NoiseSchedule } from './noise-schedule.ts';
export type { TrainedNetwork } from './network-file.ts';
export type { MotionWindow, Scale, WindowNetwork } from './window-network.ts';
export type { PackedMotionModel } from './motion-port.ts';
