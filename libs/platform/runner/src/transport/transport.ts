import type { ProgressReport, ScalarPoint } from '@soliloquy/stage';
import type { Made, Operation, Task } from './protocol.ts';
import type { ThreadWish } from './thread-budget.ts';

/** Work that is ready: what it is, how many threads it wants, and how urgent it is (higher goes first). */
export type WorkRequest = (Omit<Task, 'id' | 'threads' | 'gpu'> | Omit<Operation, 'id' | 'threads' | 'gpu'>) & {
  readonly wants: ThreadWish;
  /** With how many it computes, even where there are fewer; else with those that it gets. */
  readonly threads?: number;
  readonly rank: number;
};

/** What is heard of a piece of work on its way. */
export interface WorkListener {
  /** It has its threads and a worker. `attempt` counts from 1. */
  started?(threads: number, attempt: number, worker: string): void;
  progress?(report: ProgressReport): void;
  log?(message: string): void;
  /** Points of its curves, several at a time. */
  scalars?(points: readonly ScalarPoint[]): void;
  /** Its worker died; it begins anew. */
  retried?(why: string, attempt: number): void;
}

/** Where tasks run. The runner knows no more of it. */
export interface Transport {
  /** How many threads there are in all. */
  readonly threads: number;
  /**
   * Runs a task and says what it made. Retries when a worker dies.
   *
   * @throws TaskError (permanent), CancelledError when `signal` aborts
   */
  submit(request: WorkRequest & { kind: 'task' }, signal: AbortSignal, listener: WorkListener): Promise<Made>;
  /** Ends the workers. Nothing may be submitted afterwards. */
  close(): Promise<void>;
}
