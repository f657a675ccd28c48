import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { halfProducts, type HalfType } from '../lower/half-products.ts';
import { encodeOnnx } from '../onnx-proto.ts';
import { TensorError } from '../tensor-error.ts';
import type { Compute, Device, Executor } from './executable.ts';

/** The 16-bit type behind a `compute`. */
export function halfTypeOf(compute: Compute): HalfType | undefined {
  return compute === 'f32' ? undefined : compute === 'f16' ? 'float16' : 'bfloat16';
}

/** Answers by device and type: an engine does not learn others while it runs. */
const answers = new Map<string, Promise<string | undefined>>();

/**
 * Refuse a `compute` that the device does not have, by trying: ONNX Runtime's CPU provider takes models in f16 and
 * computes them in f32 all the same.
 *
 * @throws TensorError `tensor.options` saying what was seen and what to do
 */
export async function checkCompute(where: string, executor: Executor, device: Device, compute: Compute): Promise<void> {
  const type = halfTypeOf(compute);
  if (type === undefined || executor === 'tensorflow') return;
  const refuse = (got: string) =>
    new TensorError({
      code: 'tensor.options',
      where: `${where}.compute`,
      expected: `a device that multiplies in ${compute}`,
      got: `${device}: ${got}`,
      remedy:
        "set compute to 'f32', or device to " +
        `'cuda'${compute === 'f16' ? " or to 'webgpu' on an adapter with shader-f16" : ''}`,
    });
  if (executor === 'jax') throw refuse("executor 'jax' computes in the types of the program");
  const key = `${device} ${type}`;
  const answer = answers.get(key) ?? tryProduct(device, type);
  answers.set(key, answer);
  const fault = await answer;
  if (fault !== undefined) throw refuse(fault);
}

/** What is wrong with a product of the type on the device; undefined where it is right. */
async function tryProduct(device: Device, type: HalfType): Promise<string | undefined> {
  const border = (name: string) => [{ name, dtype: 'float32' as const, shape: [1, 1] }];
  const graph = {
    opset: 18,
    nodes: [{ op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: border('x'),
    outputs: border('y'),
    metadata: {},
  };
  try {
    const session = await InferenceSession.create(encodeOnnx(halfProducts(graph, type)), {
      executionProviders: [device],
      logSeverityLevel: 4,
    });
    try {
      const third = Float32Array.of(1 / 3);
      const { y } = await session.run({ x: new OrtTensor('float32', third, [1, 1]) });
      const [got] = (await y.getData()) as Float32Array;
      if (got === Math.fround(third[0] ** 2)) return 'it computes in f32';
      return Math.abs(got - 1 / 9) < 0.01 / 9 ? undefined : `a third squared was ${got}`;
    } finally {
      await session.release();
    }
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    return line.slice(0, 200);
  }
}
