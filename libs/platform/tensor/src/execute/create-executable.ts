import { createHash } from 'node:crypto';
import type { LoweredProgram } from '../lower/lower.ts';
import { checkCompute } from './check-compute.ts';
import { executionOptions, type Executable, type ExecutionOptions } from './executable.ts';
import { JaxProgram, type FlatFunction } from './jax.ts';
import { checkMemory, type MemoryUse } from './memory.ts';
import { Session } from './session.ts';
import type { TensorFlow } from './tensorflow-operators.ts';
import { loadTensorFlow, TensorFlowProgram } from './tensorflow.ts';

/** A program on its way to an engine: the function for jax-js, the lowered model for the others. */
export interface Compilation {
  readonly flat: FlatFunction;
  /** The Jaxpr's hash, with whatever else the model depends on. */
  readonly key: string;
  readonly memory: MemoryUse;
  readonly lower: () => LoweredProgram;
  /** Outputs that runs keep on the device. */
  readonly resident?: readonly string[];
}

interface Shared {
  /** Made on first use: jax-js runs what has no lowering, too. */
  readonly lowered: () => LoweredProgram;
  readonly executable: Promise<Executable>;
  users: number;
}

/** Programs in use: the same Jaxpr, options and constants are lowered and loaded once. */
const loaded = new Map<string, Shared>();

/**
 * Load a program into its engine, or share one that is loaded.
 *
 * @param tensorflow an engine to use instead of the installed one (another backend, in benchmarks)
 */
export async function createExecutable(
  where: string,
  compilation: Compilation,
  options: ExecutionOptions & { readonly tensorflow?: TensorFlow },
): Promise<{ executable: Executable; lowered: () => LoweredProgram }> {
  const { executor, device, threads, compute } = executionOptions(where, options);
  await checkCompute(where, executor, device, compute);
  if (device === 'cpu') checkMemory(where, compilation.memory);
  const key = [where, executor, device, threads, compilation.key, compilation.resident?.join() ?? ''].join(' ');
  let shared = options.tensorflow === undefined ? loaded.get(key) : undefined;
  if (shared === undefined) {
    const lowered = once(compilation.lower);
    const { memory, resident } = compilation;
    const create = async (): Promise<Executable> => {
      switch (executor) {
        case 'onnx':
          return Session.create(where, lowered().bytes, { device, threads, memory, resident });
        case 'jax':
          return JaxProgram.create(where, compilation.flat, device);
        case 'tensorflow':
          return new TensorFlowProgram(
            where,
            options.tensorflow ?? (await loadTensorFlow(where, device)),
            lowered().graph,
          );
      }
    };
    shared = { lowered, executable: create(), users: 0 };
    if (options.tensorflow === undefined) loaded.set(key, shared);
  }
  const mine = shared;
  mine.users++;
  const release = () => {
    if (--mine.users > 0) return false;
    if (loaded.get(key) === mine) loaded.delete(key);
    return true;
  };
  let executable: Executable;
  try {
    executable = await mine.executable;
  } catch (error) {
    release();
    throw error;
  }
  let isOpen = true;
  return {
    lowered: mine.lowered,
    executable: {
      run: (feeds, keep) => executable.run(feeds, keep),
      hold: (value) => executable.hold(value),
      async dispose() {
        if (!isOpen) return;
        isOpen = false;
        if (release()) await executable.dispose();
      },
    },
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A digest of texts and bytes. */
export function digestOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}
