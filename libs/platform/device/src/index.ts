export { chooseDevice } from './choose-device.ts';
export { DEVICE_CHOICES } from './device-choice.ts';
export { availableCores } from './cores.ts';
export { DeviceError } from './device-error.ts';
export { machine } from './machine.ts';
export { findCommand } from './find-command.ts';
export { findGpuCards, readGpuCards, visibleCards } from './gpu-cards.ts';
export { missingNeeds, modelsHere } from './missing-needs.ts';
export { hasGpu, isGpu, probeExecutors, probeProviders, probeWebGpu } from './probe.ts';
export { platformStanding, thisPlatform } from './platform-standing.ts';
export { openWebGpu } from './web-gpu.ts';

export type { DeviceChoice } from './device-choice.ts';
export type { Machine } from './machine.ts';
export type { Platform, PlatformStanding } from './platform-standing.ts';
export type { Probe } from './probe.ts';
export type { WebGpu } from './web-gpu.ts';
