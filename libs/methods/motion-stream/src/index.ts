export { BlinkStream, drawBlinks, lidsOf } from './blinks.ts';
export { LivePerson } from './live-person.ts';
export { MotionStream } from './motion-stream.ts';
export { streamNetworks } from './stream-networks.ts';

export type { DrawnBlink } from './blinks.ts';
export type { PersonFrame, PersonParts, PersonSampling } from './live-person.ts';
export type { HeardSoFar, StreamNetworks, StreamSampling, StreamWindow } from './motion-stream.ts';
