export { FALSE_POSITIVES, findMark } from './find-mark.ts';
export { markIdOf } from './mark-code.ts';
export { frameMarker, markFilm } from './mark-frames.ts';
export { LumaMean, meanLuma } from './picture-residual.ts';

export type { FoundMark } from './find-mark.ts';
export type { FrameMarker } from './mark-frames.ts';
export type { LumaPlane } from './picture-residual.ts';
