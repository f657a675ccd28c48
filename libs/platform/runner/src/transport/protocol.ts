import type { StoredOutputs } from '@soliloquy/artifacts';
import type { FaultParts } from '@soliloquy/fault';
import type { BackboneReference, Preview } from '@soliloquy/ports';
import type { Device, GpuCard, ProgressReport, ScalarPoint } from '@soliloquy/stage';

/** What a task reads on one input: an artifact's digest, several over a gathered axis, or nothing. */
export type InputDigests = string | readonly string[] | null;

/** By input that is titled, the title of each of its elements. */
export type Titles = Readonly<Record<string, readonly string[]>>;

interface WorkBase {
  /** Names this attempt among all that a transport has at once. */
  readonly id: string;
  /** What messages call it, e.g. `fit[3]`. */
  readonly label: string;
  readonly stage: string;
  readonly backbone: string;
  /** All params of stage and backbone, defaults filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Digests of the models that it was planned with, by the param that names each. */
  readonly models?: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly threads: number;
  readonly device: Device;
  /** The card that it has for itself, where its backbone wants one. */
  readonly gpu?: GpuCard;
}

/** One element of one node: from artifacts to artifacts. */
export interface Task extends WorkBase {
  readonly kind: 'task';
  /** Under which the result is remembered. */
  readonly key: string;
  readonly inputs: Readonly<Record<string, InputDigests>>;
  /** Of inputs that are titled: whose each element is. */
  readonly titles?: Titles;
  /** How many cores the encoder sees on the machine that planned it, where that is part of the key. */
  readonly cores?: number;
}

/** One call of a backbone's operation: from plain values to a plain value, kept nowhere. */
export interface Operation extends WorkBase {
  readonly kind: 'operation';
  readonly operation: string;
  readonly args: unknown;
}

export type Work = Task | Operation;

/** An error on its way through a channel: the parts of a fault; `soliloquy.internal` for what no stage declared. */
export interface WireError extends FaultParts {
  readonly stack?: string;
  /** Of the artifact that could not be read. */
  readonly digest?: string;
}

/** What a finished task says: references to what it stored, and how each looks. */
export interface Made {
  readonly outputs: StoredOutputs;
  readonly previews: Readonly<Record<string, Preview | readonly Preview[]>>;
  /** seconds of `run` alone, without reading and storing */
  readonly seconds: number;
  /** how many cores the encoder of films saw there, where that changes what was written */
  readonly cores?: number;
  /** most memory that the worker process has held so far, bytes */
  readonly peakBytes: number;
}

/** Runner to worker. */
export type ToWorker =
  | { readonly type: 'work'; readonly work: Work }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'answer'; readonly id: string; readonly call: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: string; readonly call: number; readonly error: WireError };

/** Worker to runner. */
export type FromWorker =
  | { readonly type: 'progress'; readonly id: string; readonly report: ProgressReport }
  | { readonly type: 'log'; readonly id: string; readonly message: string }
  | { readonly type: 'scalars'; readonly id: string; readonly points: readonly ScalarPoint[] }
  | {
      readonly type: 'call';
      readonly id: string;
      readonly call: number;
      readonly reference: BackboneReference;
      readonly operation: string;
      readonly args: unknown;
    }
  | { readonly type: 'made'; readonly id: string; readonly made: Made }
  | { readonly type: 'returned'; readonly id: string; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: string; readonly error: WireError };

/** A two-way line between a runner and a worker: processes here, a broker elsewhere. */
export interface Channel<Out, In> {
  send(message: Out): void;
  listen(heard: (message: In) => void): void;
}
