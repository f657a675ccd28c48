export { boxMean, cropImage, lumaPlane, planeOf, sample, scalePlane, shrinkImage, smooth } from './plane.ts';
export { fillHoles, holesOf, keepConnected, regionsOf } from './regions.ts';
export { fillSmoothly } from './smooth-fill.ts';
export { guidedModel } from './guided-model.ts';
export { findCuts, THUMB, thumbnailOf, thumbnailsOf } from './film-cuts.ts';

export type { Plane, Rectangle } from './plane.ts';
