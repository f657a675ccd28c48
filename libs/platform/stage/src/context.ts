import type { BackboneReference } from '@soliloquy/ports';

/** All of the world that a stage sees while it runs. */
export interface StageContext {
  /** Aborted when the task is cancelled: check it in every loop. */
  readonly signal: AbortSignal;
  /** How far it is: `done` of `total`, with a word on what is done now. Also heard as a sign of life. */
  progress(done: number, total: number, note?: string): void;
  /** For all randomness; differs from element to element of an axis. 0 … 2^32-1 */
  readonly seed: number;
  log(message: string): void;
  /** What computes: `cpu`, or `webgpu` for a backbone that says `onWebGpu` where the run has it. */
  readonly device: 'cpu' | 'webgpu';
  /** How many threads this task may use. */
  readonly threads: number;
  /** A folder of its own, removed after the task. */
  scratch(): Promise<string>;
  /** Runs an operation of another backbone as a task of its own, and gives this task's threads back meanwhile. */
  call(reference: BackboneReference, operation: string, args: unknown): Promise<unknown>;
}
