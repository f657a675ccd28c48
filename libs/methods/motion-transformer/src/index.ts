export { audioCondition, STACK } from './audio-condition.ts';
export { cosineSchedule, ddimStep, ddimSteps } from './noise-schedule.ts';
export { initMotionTransformer, motionTransformer } from './motion-transformer.ts';

export type { MotionTransformerParams, MotionTransformerSize } from './motion-transformer.ts';
export type { NoiseSchedule } from './noise-schedule.ts';
