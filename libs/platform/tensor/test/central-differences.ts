import { defaultDevice, grad, numpy as np } from '@jax-js/jax';
import { compile, createRng, type Tensor, type TensorData } from '../src/index.ts';
import { toJax } from './against-jax.ts';

/** A derivative along a random direction, twice: from the lowered gradient, and from differences in f64. */
export interface Derivative {
  readonly got: number;
  readonly differences: number;
  /** Root of the sum of squares of what `got` is the sum of: sums may cancel. */
  readonly size: number;
}

const STEP = 1e-5;

/**
 * The gradient of a weighted sum of `f`, lowered, against central differences that jax-js takes in f64, along a random
 * direction of the first `count` inputs. jax-js's WebAssembly takes exponentials in f32 whatever they are of; its
 * interpreter (`cpu`) computes in doubles.
 */
export async function derivative(
  f: (...inputs: np.Array[]) => np.Array,
  inputs: readonly Tensor<TensorData>[],
  count: number,
  direction: string,
): Promise<Derivative> {
  const loss = (...leaves: np.Array[]): np.Array => {
    const y = f(...leaves);
    if (y.size === 0) return y.sum();
    const weights = Float32Array.from({ length: y.size }, (_, i) => Math.cos(1.7 * i + 0.3));
    return y.mul(np.array(weights).reshape(y.shape)).sum();
  };
  const argnums = Array.from({ length: count }, (_, i) => i);
  const program = await compile(
    ((...leaves: np.Array[]) => grad(loss, { argnums })(...leaves) as unknown as np.Array[]) as never,
    [...inputs] as never,
  );
  const gradients = (await program.run(...([...inputs] as never))) as unknown as Tensor[];
  await program.dispose();

  const along = inputs.slice(0, count).map(({ shape }, i) => createRng(direction).fork(String(i)).normal(shape).data);
  const lossAt = (by: number): number => {
    const result = loss(
      ...inputs.map((one, i) =>
        i < count
          ? np.array(
              Float64Array.from(one.data, (value, k) => value + by * along[i][k]),
              { shape: [...one.shape] },
            )
          : toJax(one),
      ),
    );
    if (result.dtype !== 'float64') throw new Error(`central differences: expected float64, got ${result.dtype}`);
    return result.dataSync()[0];
  };
  const before = defaultDevice();
  defaultDevice('cpu');
  try {
    const differences = (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP);
    const terms = gradients.flatMap(({ data }, i) => [...data].map((value, k) => value * along[i][k]));
    return {
      got: terms.reduce((a, b) => a + b, 0),
      differences,
      size: Math.sqrt(terms.reduce((sum, term) => sum + term * term, 0)),
    };
  } finally {
    defaultDevice(before);
  }
}
