export { createScheduler } from './create-scheduler.ts';
export { parseSchedulerConfig, schedulerOf, SCHEDULERS } from './scheduler-config.ts';
export { betasOf, cumulativeAlphas, karrasSigmas, spacedTimes, withZeroTerminalSnr } from './noise-schedule.ts';

export type { Sampling } from './create-scheduler.ts';
export type { SchedulerConfig, SchedulerName } from './scheduler-config.ts';
export type { Scheduler, Stepped } from './scheduler.ts';
