export { videoDiffusionStage } from './stage.ts';
export { MOTION_CHANNELS, puppetMotion } from './puppet/motion.ts';
export { puppetRenderer } from './puppet/render.ts';

export type { MotionChannel, PuppetMotion } from './puppet/motion.ts';
export type { PuppetRenderer } from './puppet/render.ts';
