export { machine } from './machine.ts';
export { findCommand } from './find-command.ts';
export { missingNeeds } from './missing-needs.ts';
export { probeProviders, probeWebGpu } from './probe.ts';

export type { Machine } from './machine.ts';
export type { Probe } from './probe.ts';
