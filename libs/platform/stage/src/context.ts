import type { BackboneReference } from '@soliloquy/ports';
import type { Device } from './device.ts';
import type { FoundCheckout, GpuCard } from './need.ts';

/** One point of a curve, e.g. the loss after a step of training. */
export interface ScalarPoint {
  /** Of the curve, e.g. `loss`. */
  readonly name: string;
  readonly step: number;
  readonly value: number;
}

/** How far a task is. */
export interface ProgressReport {
  readonly done: number;
  readonly total: number;
  /** A word on what is done now. */
  readonly note?: string;
  /** What is being made, as a `data:` address of a small picture. */
  readonly picture?: string;
}

/** All of the world that a stage sees while it runs. */
export interface StageContext {
  /** Aborted when the task is cancelled: check it in every loop, most simply by `step`. */
  readonly signal: AbortSignal;
  /**
   * How far it is: `done` of `total`, with a word on what is done now. Also heard as a sign of life.
   *
   * @param picture a PNG, JPEG or WebP of what is being made, e.g. after a step of denoising: shown while the task runs
   *   and kept nowhere. Each may have 16 KiB; two a second are sent at first, fewer of a long task.
   */
  progress(done: number, total: number, note?: string, picture?: Uint8Array): void;
  /**
   * One round of a loop, in one call: reports progress as `progress` does, lets the event loop run so that messages and
   * a cancellation come through, and ends the task if it was cancelled.
   *
   * @throws the signal's reason when the task was cancelled
   */
  step(done: number, total: number, note?: string, picture?: Uint8Array): Promise<void>;
  /**
   * Logs a point of a curve. The run keeps it among its events, never in an artifact. A long curve is thinned, its last
   * point is always kept, and points that are not finite are left out. Call it as often as you like.
   */
  scalar(name: string, step: number, value: number): void;
  /** For all randomness; differs from element to element of an axis. 0 … 2^32-1 */
  readonly seed: number;
  log(message: string): void;
  /** What computes: `cpu`, or `webgpu` for a backbone that says `onWebGpu` where the run has it. */
  readonly device: Device;
  /** How many threads this task may use. */
  readonly threads: number;
  /** The card that is this task's alone while it runs, where its backbone says `gpuMiB`. */
  readonly gpu?: GpuCard;
  /** A folder of its own, removed after the task. */
  scratch(): Promise<string>;
  /**
   * The folder of a model that the backbone needs: the one that a param of a need of kind `model` names. What is read
   * there is part of the task's key by the digest of the folder, which was checked before; the path is not.
   *
   * @throws Fault `model.missing` where it is not on this machine, `model.changed` where it is another than the task
   *   was planned with, `model.undeclared` where no need names it
   */
  model(name: string): Promise<string>;
  /**
   * The checkout of a foreign system that the backbone needs, on this machine.
   *
   * @throws Fault `checkout.missing`, `checkout.incomplete` with what gets it; `licence.not-accepted`;
   *   `checkout.undeclared` where no need names it
   */
  checkout(system: string): Promise<FoundCheckout>;
  /**
   * Runs an operation of another backbone as a task of its own, and gives this task's threads back meanwhile: score
   * distillation asks a diffusion model for scores, here or on another machine.
   */
  call(reference: BackboneReference, operation: string, args: unknown): Promise<unknown>;
}

/** The `step` of a context that reports by `progress` and is cancelled by `signal`. */
export function stepOf({ progress, signal }: Pick<StageContext, 'progress' | 'signal'>): StageContext['step'] {
  return async (done, total, note, picture) => {
    progress(done, total, note, picture);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };
}
