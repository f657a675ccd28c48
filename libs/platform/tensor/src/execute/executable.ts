import { TensorError } from '../tensor-error.ts';
import type { Tensor, TensorData } from '../tensor.ts';

/** Who computes: ONNX Runtime, jax-js's own jit, or TensorFlow.js. */
export const EXECUTORS = ['onnx', 'jax', 'tensorflow'] as const;
export type Executor = (typeof EXECUTORS)[number];

/** Where it is computed. */
export const DEVICES = ['cpu', 'webgpu', 'cuda'] as const;
export type Device = (typeof DEVICES)[number];

/** What matrix products and convolutions are computed in. */
export const COMPUTES = ['f32', 'f16', 'bf16'] as const;
export type Compute = (typeof COMPUTES)[number];

/** How a program runs. */
export interface ExecutionOptions {
  /**
   * Default `onnx`. `tensorflow` wants one of TensorFlow.js's packages, `jax` runs on `cpu` (WebAssembly) and `webgpu`.
   */
  readonly executor?: Executor;
  /** Default `cpu`. */
  readonly device?: Device;
  /**
   * Default `f32`. With `f16` or `bf16` matrix products and convolutions are computed in 16 bits, all else stays f32,
   * parameters and optimiser included. What the device does not have is refused: `webgpu` has f16 where the adapter has
   * shader-f16, `cuda` both, `cpu` neither. Executor `tensorflow` rounds operands and sums in f32: a rehearsal.
   */
  readonly compute?: Compute;
  /** Threads ONNX Runtime may use; take the task's own (`ctx.threads`). Default 1. */
  readonly threads?: number;
}

/** A value that stays where it was computed, between one run and the next. */
export interface Held {
  /** A copy, as a plain tensor. */
  read(): Promise<Tensor<TensorData>>;
  /** The same at once; undefined where the device has to be waited for. */
  peek(): Tensor<TensorData> | undefined;
  /** Let go of it; it may not be used afterwards. */
  release(): void;
}

/** A value that goes into a run. */
export type Feed = Tensor<TensorData> | Held;

/** A program ready to run. Blocks the event loop while it computes, as its engines do. */
export interface Executable {
  /**
   * @param feeds every input by name
   * @param keep  outputs that are to stay on the device
   * @returns     the other outputs, and those held
   */
  run(
    feeds: Readonly<Record<string, Feed>>,
    keep?: readonly string[],
  ): Promise<{ results: Record<string, Tensor<TensorData>>; held: Record<string, Held> }>;
  /** A tensor as a held value, for the first run. */
  hold(value: Tensor<TensorData>): Held;
  dispose(): Promise<void>;
}

/** `ExecutionOptions` with its defaults, checked. */
export function executionOptions(where: string, options: ExecutionOptions): Required<ExecutionOptions> {
  const { executor = 'onnx', device = 'cpu', compute = 'f32', threads = 1 } = options;
  if (!EXECUTORS.includes(executor))
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.executor`,
      expected: `one of ${EXECUTORS.join(', ')}`,
      got: String(executor),
    });
  if (!DEVICES.includes(device))
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.device`,
      expected: `one of ${DEVICES.join(', ')}`,
      got: String(device),
    });
  if (!COMPUTES.includes(compute))
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.compute`,
      expected: `one of ${COMPUTES.join(', ')}`,
      got: String(compute),
    });
  if (!Number.isInteger(threads) || threads < 1)
    throw new TensorError({
      code: 'tensor.options',
      where: `${where}.threads`,
      expected: 'a positive integer',
      got: `${threads}`,
    });
  return { executor, device, compute, threads };
}

/** Whether a feed is held, not plain. */
export function isHeld(value: Feed): value is Held {
  return 'release' in value;
}
