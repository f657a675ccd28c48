export { MOTION_CHANNELS, puppetMotion } from './motion.ts';
export { puppetRenderer } from './render.ts';

export type { MotionChannel, PuppetMotion } from './motion.ts';
export type { PuppetRenderer } from './render.ts';
