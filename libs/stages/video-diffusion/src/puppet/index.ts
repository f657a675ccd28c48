export { mannerOf } from './gestures/manner.ts';
export { MOTION_CHANNELS, puppetMotion } from './motion.ts';
export { bodyMeans } from './picture-means.ts';
export { takeApart } from './prepare-scene.ts';
export { puppetRenderer } from './render.ts';

export type { ArmMeans, BodyMeans } from './body-means.ts';
export type { Manner } from './gestures/manner.ts';
export type { MotionChannel, PuppetFilm, PuppetMotion } from './motion.ts';
export type { PuppetRenderer } from './render.ts';
