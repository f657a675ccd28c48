export { audioCondition, STACK } from './audio-condition.ts';
export { cosineSchedule, ddimStep, ddimSteps } from './noise-schedule.ts';
export { openMotionModel, packMotionModel } from './motion-model.ts';
export { initMotionTransformer, motionTransformer } from './motion-transformer.ts';

export type { MotionModelContents } from './motion-model.ts';
export type { Blinks, MotionModel, MotionWindow, Scale } from './opened-motion.ts';
export type { MotionTransformerParams, MotionTransformerSize } from './motion-transformer.ts';
export type { NoiseSchedule } from './noise-schedule.ts';
export type { PackedMotionModel } from './motion-port.ts';
