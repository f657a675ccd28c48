import { grad, jit, numpy as np, tree } from '@jax-js/jax';
import { compile, type ArrayTree, type Tensor, type TensorData } from '../src/index.ts';
import { flattenTree } from '../src/tensor-tree.ts';
import { dtypeOf } from '../src/tensor.ts';
import { isTraced } from '../src/trace.ts';

/** A function under test: any number of arrays in, one array out. */
export type ArrayFunction = (...inputs: np.Array[]) => np.Array;

/** A function on given inputs. */
export interface Case {
  name: string;
  f: ArrayFunction;
  inputs: Tensor<TensorData>[];
  /** How many leading inputs to differentiate by; the default is all, 0 is none. */
  grads?: number;
}

/** A tensor as a jax-js array. */
export function toJax({ shape, data }: Tensor<TensorData>): np.Array {
  if (data.length === 0) return np.zeros([...shape], { dtype: dtypeOf(data) as np.DType });
  if (data instanceof Uint8Array) return np.array([...data].map((bit) => bit === 1)).reshape([...shape]);
  return np.array(data as Float32Array<ArrayBuffer>).reshape([...shape]);
}

/**
 * Largest absolute difference over the largest absolute value of the reference, or over 1 if that is larger: where sums
 * cancel, only rounding is left.
 */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let difference = 0;
  let size = 1;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i]) || got[i] === want[i]) continue;
    if (!Number.isFinite(got[i]) || !Number.isFinite(want[i])) return Infinity;
    difference = Math.max(difference, Math.abs(got[i] - want[i]));
    size = Math.max(size, Math.abs(want[i]));
  }
  return difference / size;
}

/**
 * How jax-js runs the reference. Each way has a fault in 0.1.25: op by op, sin(concat(x, cos(pad(x)))) is 0 where the
 * padding is; compiled, gradients of takeAlongAxis are refused.
 */
export type Engine = 'op by op' | 'compiled';

/** Run `f` by jax-js itself and by the lowered program; gives the larger relative error over all results. */
export async function forwardError(
  f: (...inputs: np.Array[]) => ArrayTree,
  inputs: readonly Tensor<TensorData>[],
  engine: Engine,
): Promise<number> {
  const reference = engine === 'compiled' ? (jit(f as never) as unknown as typeof f) : f;
  const wanted = flattenTree(reference(...inputs.map(toJax)), isTraced, 'result').leaves;
  const program = await compile(f as never, [...inputs] as never, { name: 'parity' });
  const got = flattenTree(await program.run(...([...inputs] as never)), isTensorLeaf, 'result').leaves;
  await program.dispose();
  let worst = 0;
  for (const [i, want] of wanted.entries()) {
    const { shape } = want;
    if (got[i].shape.join() !== shape.join())
      throw new Error(`shape: expected [${shape.join()}], got [${got[i].shape.join()}]`);
    worst = Math.max(worst, relativeError(got[i].data, await want.data()));
  }
  return worst;
}

/**
 * The same for the gradient of a weighted sum of `f`, with respect to its first `count` inputs. The sum itself may
 * cancel, so it is left out.
 */
export async function gradientError(
  f: ArrayFunction,
  inputs: readonly Tensor<TensorData>[],
  count: number,
  engine: Engine,
): Promise<number> {
  const argnums = Array.from({ length: count }, (_, i) => i);
  const loss = (...args: np.Array[]) => {
    const y = f(...args);
    // All positive: weights that cancel would compare rounding errors.
    const weights = Float32Array.from({ length: y.size }, (_, i) => 1 + 0.5 * Math.cos(i * 1.7 + 0.3));
    return y.mul(np.array(weights).reshape(y.shape)).sum();
  };
  return forwardError((...args) => tree.leaves<np.Array>(grad(loss, { argnums })(...args) as never), inputs, engine);
}

function isTensorLeaf(value: unknown): value is Tensor<TensorData> {
  return typeof value === 'object' && value !== null && 'data' in value;
}
