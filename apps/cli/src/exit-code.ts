import type { RunStatus } from '@soliloquy/runner';

/** What the shell gets. */
export const EXIT = { done: 0, failed: 1, usage: 2, unmet: 3, cancelled: 130 } as const;

/** 0 done; 1 a task failed; 3 an expectation of the graph failed; 130 cancelled. */
export function exitCodeOf(status: RunStatus): number {
  return EXIT[status];
}

/**
 * Errors that were found before anything ran, by name: the graph, an input, the call, a folder or the way to a cluster
 * is at fault.
 */
const BEFORE_THE_RUN = new Set([
  'UsageError',
  'InvalidGraph',
  'InputError',
  'OutputError',
  'PortTaken',
  'ClusterError',
  'WorkerConfigError',
  'DeviceError',
]);

/** 2 for bad usage, an invalid graph or bad input; else 1. */
export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof Error)) return EXIT.failed;
  if (BEFORE_THE_RUN.has(error.name)) return EXIT.usage;
  return (error as { code?: unknown }).code === 'store-unwritable' ? EXIT.usage : EXIT.failed;
}
