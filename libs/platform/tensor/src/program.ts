import { lower } from './lower/lower.ts';
import { Session } from './session.ts';
import type { SessionOptions } from './session.ts';
import { dtypeOf } from './tensor.ts';
import type { Tensor, TensorData, TensorTree } from './tensor.ts';
import { flattenTensors } from './tensor-tree.ts';
import { buildTensors, traceTrees } from './trace.ts';
import type { ArrayTree, Computed, InputSpec, Traced } from './trace.ts';
import { TensorError } from './tensor-error.ts';

/** A compiled function of trees of tensors. */
export interface Program<Arguments extends readonly TensorTree[], Result> {
  /** Run on inputs of the examples' shapes. Blocks the event loop while it computes. */
  run(...args: Arguments): Promise<Result>;
  /** The lowered model. */
  readonly onnx: Uint8Array;
  /** How many nodes of each operator the lowered model has, before ONNX Runtime's own optimisation. */
  readonly operators: Readonly<Record<string, number>>;
  dispose(): Promise<void>;
}

/**
 * Compile a plain function of jax-js arrays: trace it on the examples' shapes, lower it to ONNX, load it.
 *
 * `f` is pure. It owns the arrays it is given in jax-js's sense: every use but the last takes `.ref`.
 *
 * @param f        traced once; its loops and branches run then
 * @param examples one tree for each argument; only structure, shapes and dtypes matter
 * @returns        a program whose `run` takes trees like `examples` and gives the tensors of `f`'s result
 * @throws TensorError `tensor.trace`, `tensor.ownership`, `tensor.unsupported-primitive` or `tensor.session`
 */
export async function compile<Arguments extends readonly TensorTree[] | [], Result extends ArrayTree>(
  f: (...args: { -readonly [Key in keyof Arguments]: Traced<Arguments[Key]> }) => Result,
  examples: Arguments,
  options: SessionOptions & { readonly name?: string } = {},
): Promise<Program<Arguments, Computed<Result>>> {
  const where = options.name ?? 'program';
  const flats = examples.map((example, i) => flattenTensors(example, `${where}.input${i}`));
  const specs = flats.map((flat) => specsOf(flat.leaves));
  const traced = traceTrees(where, f as unknown as (...args: ArrayTree[]) => ArrayTree, flats.map((flat) => flat.shape), specs);
  const inputNames = flats.flatMap((flat, i) => flat.paths.map((path) => (path === '' ? `input${i}` : `input${i}.${path}`)));
  const outputNames = traced.outputPaths.map((path) => (path === '' ? 'output' : `output.${path}`));
  const lowered = lower({ ...traced, inputNames, outputNames });
  const session = await Session.create(where, lowered.bytes, options);

  return {
    onnx: lowered.bytes,
    operators: lowered.operators,
    dispose: () => session.dispose(),
    async run(...args) {
      if (args.length !== flats.length) throw new TensorError('tensor.tree', `${where}.run: expected ${flats.length} arguments, got ${args.length}`);
      const feeds: Record<string, Tensor<TensorData>> = {};
      args.forEach((arg, i) => {
        const { leaves, paths } = flattenTensors(arg, `${where}.input${i}`);
        leaves.forEach((leaf, k) => (feeds[paths[k] === '' ? `input${i}` : `input${i}.${paths[k]}`] = leaf));
      });
      const results = await session.run(feeds);
      return buildTensors(traced.outputShape, outputNames.map((name) => results[name])) as Computed<Result>;
    },
  };
}

/** Shapes and dtypes of tensors, for tracing. */
export function specsOf(leaves: readonly Tensor<TensorData>[]): InputSpec[] {
  return leaves.map(({ shape, data }) => ({ shape, dtype: dtypeOf(data) }));
}
