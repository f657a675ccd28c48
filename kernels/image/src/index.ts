export { createGather } from './gather.ts';
export { gatherReference } from './reference.ts';
export { planesFrom, premultipliedPlanes } from './planes.ts';
export { applyAffine, composeAffine, IDENTITY, invertAffine } from './track/affine.ts';
export { createPointTracker } from './track/point-tracker.ts';

export type { Gather, GatherEngine } from './gather.ts';
export type { Planes } from './planes.ts';
export type { Affine } from './track/affine.ts';
export type { TrackerGroup } from './track/point-residuals.ts';
export type { PointTracker, TrackedPoints, TrackerPiece, TrackerPlan } from './track/point-tracker.ts';
