import { Fault } from '@soliloquy/fault';
import type { RunStatus } from '@soliloquy/runner';

/** What the shell gets. */
export const EXIT = { done: 0, failed: 1, usage: 2, unmet: 3, cancelled: 130 } as const;

/** 0 done; 1 a task failed; 3 an expectation of the graph failed; 130 cancelled. */
export function exitCodeOf(status: RunStatus): number {
  return EXIT[status];
}

/** 2 for what was found before anything ran (bad usage, an invalid graph, bad input); else 1. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof Fault && error.phase === 'before-run' ? EXIT.usage : EXIT.failed;
}
