export { BlinkStream, drawBlinks, lidsOf } from './blinks.ts';
export { MotionStream } from './motion-stream.ts';

export type { DrawnBlink } from './blinks.ts';
export type { HeardSoFar, StreamNetworks, StreamSampling, StreamWindow } from './motion-stream.ts';
