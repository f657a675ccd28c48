export { createGather } from './gather.ts';
export { gatherReference } from './reference.ts';
export { planesFrom, premultipliedPlanes } from './planes.ts';

export type { Gather, GatherEngine } from './gather.ts';
export type { Planes } from './planes.ts';
