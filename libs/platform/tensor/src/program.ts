import type { numpy as np } from '@jax-js/jax';
import { compileTrace } from './compile-trace.ts';
import { halfTypeOf } from './execute/check-compute.ts';
import { createExecutable } from './execute/create-executable.ts';
import type { ExecutionOptions } from './execute/executable.ts';
import type { MemoryUse } from './execute/memory.ts';
import type { TensorFlow } from './execute/tensorflow-operators.ts';
import { TensorError } from './tensor-error.ts';
import { flattenTensors, unflattenTree } from './tensor-tree.ts';
import { dtypeOf, type Tensor, type TensorData, type TensorTree } from './tensor.ts';
import { buildTensors, type ArrayTree, type Computed, type InputSpec, type Traced } from './trace.ts';

/** How to compile. */
export interface CompileOptions extends ExecutionOptions {
  /** For messages. Default `program`. */
  readonly name?: string;
  /**
   * Let ONNX Runtime's kernels for layer normalisation, softmax and GELU stand for their parts: faster, and other last
   * bits. Default false.
   */
  readonly fuse?: boolean;
  /** A TensorFlow.js to use instead of the installed one, for executor `tensorflow`. */
  readonly tensorflow?: TensorFlow;
}

/** A compiled function of trees of tensors. */
export interface Program<Arguments extends readonly TensorTree[], Result> {
  /** Run on inputs of the examples' shapes. Blocks the event loop while it computes. */
  run(...args: Arguments): Promise<Result>;
  /** The lowered model. */
  readonly onnx: Uint8Array;
  /** How many nodes of each operator the lowered model has, before ONNX Runtime's own optimisation. */
  readonly operators: Readonly<Record<string, number>>;
  /** What a run needs, estimated. */
  readonly memory: MemoryUse;
  dispose(): Promise<void>;
}

/**
 * Compile a plain function of jax-js arrays: trace it on the examples' shapes, lower it, load it into the executor's
 * engine. The same program (by a digest of its Jaxpr, constants and options) is lowered and loaded once for all who
 * hold it.
 *
 * `f` is pure. It owns the arrays it is given in jax-js's sense: every use but the last takes `.ref`.
 *
 * @param f        traced once; its loops and branches run then
 * @param examples one tree for each argument; only structure, shapes and dtypes matter
 * @returns        a program whose `run` takes trees like `examples` and gives the tensors of `f`'s result
 * @throws TensorError `tensor.trace`, `tensor.ownership`, `tensor.unsupported-primitive`, `tensor.memory` or
 *   `tensor.session`
 */
export async function compile<Arguments extends readonly TensorTree[] | [], Result extends ArrayTree>(
  f: (...args: { -readonly [Key in keyof Arguments]: Traced<Arguments[Key]> }) => Result,
  examples: Arguments,
  options: CompileOptions = {},
): Promise<Program<Arguments, Computed<Result>>> {
  const where = options.name ?? 'program';
  const flats = examples.map((example, i) => flattenTensors(example, `${where}.input${i}`));
  const inputNames = flats.flatMap((flat, i) => flat.paths.map((path) => inputName(i, path)));
  const flat = (...inputs: np.Array[]): ArrayTree => {
    let next = 0;
    const args = flats.map(({ shape, leaves }) => unflattenTree(shape, inputs.slice(next, (next += leaves.length))));
    return (f as unknown as (...args: unknown[]) => ArrayTree)(...args);
  };
  const specs = flats.flatMap(({ leaves }) => specsOf(leaves));
  const { traced, compilation } = compileTrace(
    where,
    flat,
    specs,
    inputNames,
    (path) => (path === '' ? 'output' : `output.${path}`),
    { fuse: options.fuse, half: halfTypeOf(options.compute ?? 'f32') },
  );
  const { executable, lowered } = await createExecutable(where, compilation, options);

  return {
    get onnx() {
      return lowered().bytes;
    },
    get operators() {
      return lowered().operators;
    },
    memory: compilation.memory,
    dispose: () => executable.dispose(),
    async run(...args) {
      if (args.length !== flats.length)
        throw new TensorError({
          code: 'tensor.tree',
          where: `${where}.run`,
          expected: `${flats.length} arguments`,
          got: `${args.length}`,
        });
      const feeds: Record<string, Tensor<TensorData>> = {};
      args.forEach((arg, i) => {
        const { leaves, paths } = flattenTensors(arg, `${where}.input${i}`);
        leaves.forEach((leaf, k) => (feeds[inputName(i, paths[k])] = leaf));
      });
      const { results } = await executable.run(feeds);
      return buildTensors(
        traced.outputShape,
        compilation.flat.outputNames.map((name) => results[name]),
      ) as Computed<Result>;
    },
  };
}

function inputName(argument: number, path: string): string {
  return path === '' ? `input${argument}` : `input${argument}.${path}`;
}

/** Shapes and dtypes of tensors, for tracing. */
export function specsOf(leaves: readonly Tensor<TensorData>[]): InputSpec[] {
  return leaves.map(({ shape, data }) => ({ shape, dtype: dtypeOf(data) }));
}
