import { makeJaxpr, type Jaxpr, type JsTree, type numpy as np } from '@jax-js/jax';
import { describeOperands } from './operand-shapes.ts';
import { describePosition, flattenPositions, locate, withPositions, type Positions } from './source-position.ts';
import { TensorError } from './tensor-error.ts';
import { flattenTree, unflattenTree, type TreeShape } from './tensor-tree.ts';
import { describeShape, type Tensor, type TensorData, type TensorDtype, type TensorTree } from './tensor.ts';

/** A tree of traced arrays: what a model gets and returns. */
export type ArrayTree = np.Array | readonly ArrayTree[] | { readonly [key: string]: ArrayTree };

/** The traced twin of a tree of tensors: same structure, jax-js arrays as leaves. */
export type Traced<Tree> =
  Tree extends Tensor<TensorData>
    ? np.Array
    : Tree extends readonly (infer Item)[]
      ? number extends Tree['length']
        ? Traced<Item>[]
        : { -readonly [Key in keyof Tree]: Traced<Tree[Key]> }
      : { [Key in keyof Tree]: Traced<Tree[Key]> };

/** The tensor twin of a tree of traced arrays. */
export type Computed<Tree> = Tree extends np.Array
  ? Tensor
  : Tree extends readonly (infer Item)[]
    ? number extends Tree['length']
      ? Computed<Item>[]
      : { -readonly [Key in keyof Tree]: Computed<Tree[Key]> }
    : { [Key in keyof Tree]: Computed<Tree[Key]> };

/** Shape and type of an input of a trace. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: TensorDtype;
}

/** A function traced on given shapes. */
export interface Trace {
  readonly jaxpr: Jaxpr;
  readonly constants: { shape: readonly number[]; data: TensorData }[];
  readonly outputPaths: string[];
  readonly outputShape: TreeShape;
  /** Where in the user's code each variable was made. */
  readonly positions: Positions;
}

/** The abstract value jax-js traces with. A class of its own, because jax-js takes plain records for trees. */
class AbstractArray {
  readonly shape: number[];
  readonly dtype: string;
  readonly weakType = false;

  constructor(spec: InputSpec) {
    this.shape = [...spec.shape];
    this.dtype = spec.dtype;
  }
}

/**
 * Trace `f` to a flat Jaxpr: nested jit calls inlined, dead code gone.
 *
 * @param where what is being traced, for messages
 * @param f     gets one traced array for each spec, returns a tree of arrays
 * @throws TensorError `tensor.trace` naming the jax-js operation and the line that called it; `tensor.ownership` for an
 *         array used after its last use
 */
export function trace(where: string, f: (...inputs: np.Array[]) => ArrayTree, specs: readonly InputSpec[]): Trace {
  let paths: string[] = [];
  let shape: TreeShape = { kind: 'leaf' };
  const flat = (...inputs: np.Array[]): JsTree<np.Array> => {
    const result = flattenTree(f(...inputs), isTraced, `${where} result`);
    paths = result.paths;
    shape = result.shape;
    return result.leaves;
  };
  const abstract = specs.map((spec) => new AbstractArray(spec)) as unknown as np.Array[];
  const { result, stacks } = withPositions(() => runTrace(where, () => makeJaxpr(flat)(...abstract)), checkBroadcast);
  const made = result.jaxpr;
  const constants = made.consts.map((value) => readConstant(where, value as np.Array));
  const flattened = made.jaxpr.flatten();
  // Simplifying keeps the variables of the equations that are left.
  return {
    jaxpr: flattened.simplify(),
    constants,
    outputPaths: paths,
    outputShape: shape,
    positions: flattenPositions(made.jaxpr, flattened, stacks),
  };
}

/** Trace a function of trees: the twin of each argument is built from the traced leaves. */
export function traceTrees<Arguments extends readonly TreeShape[]>(
  where: string,
  f: (...args: ArrayTree[]) => ArrayTree,
  shapes: Arguments,
  specs: readonly (readonly InputSpec[])[],
): Trace {
  return trace(
    where,
    (...inputs) => {
      let next = 0;
      const args = shapes.map((shape, i) => {
        const leaves = inputs.slice(next, next + specs[i].length);
        next += specs[i].length;
        return unflattenTree(shape, leaves) as ArrayTree;
      });
      return f(...args);
    },
    specs.flat(),
  );
}

/** Whether a tree node is a jax-js array. */
export function isTraced(value: unknown): value is np.Array {
  return value instanceof Object && 'aval' in value && 'ref' in value;
}

/** `TensorTree` out of flat leaves, for results. */
export function buildTensors(shape: TreeShape, leaves: readonly Tensor<TensorData>[]): TensorTree {
  return unflattenTree(shape, leaves) as TensorTree;
}

function readConstant(where: string, value: np.Array): { shape: readonly number[]; data: TensorData } {
  const { shape, dtype } = value;
  const data = value.dataSync();
  if (dtype === 'bool') return { shape, data: Uint8Array.from(data as Int32Array, (bit) => (bit ? 1 : 0)) };
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint32Array) return { shape, data };
  throw new TensorError({
    code: 'tensor.trace',
    where: `${where}.constant`,
    expected: 'f32, i32, u32 or bool',
    got: describeShape(dtype, shape),
    remedy: 'cast it',
  });
}

/** jax-js takes any target of a broadcast that has as many axes, or more. */
function checkBroadcast({ primitive, params, inputs, outBinders }: Jaxpr['eqns'][number]): string | undefined {
  if ((primitive as string) !== 'broadcast') return undefined;
  const [from, to] = [inputs[0].aval.shape, outBinders[0].aval.shape];
  const added = (params as { axis: number[] }).axis;
  const kept = to.filter((_, d) => !added.includes(d));
  return kept.every((n, d) => n === from[d] || from[d] === 1)
    ? undefined
    : `cannot broadcast [${from.join(', ')}] to [${to.join(', ')}]`;
}

function runTrace<Result>(where: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof TensorError || !(error instanceof Error)) throw error;
    const found = locate(error.stack ?? '');
    // Thrown by the model's own code: its author's words are better than ours.
    if (found === undefined) throw error;
    const at = `${where}.${found.operation}`;
    const from = describePosition(found);
    if (error.name === 'UseAfterFreeError' || error.message.includes('.ref move semantics')) {
      throw new TensorError(
        {
          code: 'tensor.ownership',
          where: at,
          expected: 'an array that is still owned',
          got: `one that an earlier operation consumed${from}`,
          remedy: 'take .ref of every use but the last',
        },
        { cause: error },
      );
    }
    throw new TensorError(
      {
        code: 'tensor.trace',
        where: at,
        expected: 'operands that fit',
        got: `${error.message}${describeOperands(found.operation, run)}${from}`,
      },
      {
        cause: error,
      },
    );
  }
}

export type { np };
