export { endWithChildren } from './end-with-children.ts';
export { findResult } from './find-result.ts';
export { foreignSystem, gigabytes, ownProgram } from './foreign-system.ts';
export { KeptProgram } from './kept-program.ts';
export { launch } from './launch.ts';
export { ProgressReader } from './progress-line.ts';
export { runOwnProgram } from './run-own-program.ts';
export { runInCheckout } from './run-in-checkout.ts';
export { systemSettings } from './system-settings.ts';

export type { ForeignSystem, SystemFacts } from './foreign-system.ts';
export type { Keeping } from './kept-program.ts';
export type { CheckoutRun } from './run-in-checkout.ts';
export type { OwnProgramRun } from './run-own-program.ts';
export type { Launch } from './launch.ts';
export type { ResultPlace } from './find-result.ts';
export type { SaidProgress } from './progress-line.ts';
export type { SystemSettings } from './system-settings.ts';
