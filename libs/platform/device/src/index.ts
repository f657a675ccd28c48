export { machine } from './machine.ts';
export { findCommand } from './find-command.ts';
export { probeExecutors, probeProviders, probeWebGpu } from './probe.ts';

export type { Machine } from './machine.ts';
export type { Probe } from './probe.ts';
