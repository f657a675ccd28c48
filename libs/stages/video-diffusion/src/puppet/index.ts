export { pointCarrier } from './carry-points.ts';
export { mannerOf } from './gestures/manner.ts';
export { heardLips } from './heard-lips.ts';
export { MOTION_CHANNELS, puppetMotion } from './motion.ts';
export { bodyMeans } from './picture-means.ts';
export { takeApart } from './prepare-scene.ts';
export { puppetRenderer } from './render.ts';

export type { ArmMeans, BodyMeans } from './body-means.ts';
export type { PointCarrier } from './carry-points.ts';
export type { Manner } from './gestures/manner.ts';
export type { HeardLips } from './heard-lips.ts';
export type { MotionChannel, PuppetFilm, PuppetMotion } from './motion.ts';
export type { PuppetRenderer } from './render.ts';
