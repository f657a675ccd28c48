import { TensorError } from './tensor-error.ts';

/** Array kinds a tensor may hold: f32, i32, u32 and, as 0 or 1 in bytes, bool. */
export type TensorData = Float32Array | Int32Array | Uint32Array | Uint8Array;

/** Element types of the traced program (the names jax-js uses). */
export type TensorDtype = 'float32' | 'int32' | 'uint32' | 'bool';

/**
 * A plain row-major array. Stages and checkpoints use nothing else; jax-js arrays exist only inside a traced function.
 *
 * @property shape sizes, outermost first; `[]` is a scalar
 * @property data  row-major, `shape` product elements; the array class is the dtype (`Uint8Array` is bool)
 */
export interface Tensor<Data extends TensorData = Float32Array> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** A nested record or list of tensors: parameters, a batch, a program's outputs. */
export type TensorTree = Tensor<TensorData> | readonly TensorTree[] | { readonly [key: string]: TensorTree };

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/**
 * A tensor over `data`, checked.
 *
 * @param data f32, i32, u32 or bool (u8) in row-major order; kept, not copied
 * @throws TensorError `tensor.shape` when the shape does not hold `data.length` elements
 */
export function tensor<Data extends TensorData>(shape: readonly number[], data: Data): Tensor<Data> {
  checkTensor('tensor', { shape, data });
  return { shape, data };
}

/** A tensor of zeros, f32. */
export function zeros(shape: readonly number[]): Tensor {
  return tensor(shape, new Float32Array(sizeOf(shape)));
}

/** A scalar f32 tensor. */
export function scalar(value: number): Tensor {
  return { shape: [], data: Float32Array.of(value) };
}

/** The dtype that an array class stands for. */
export function dtypeOf(data: TensorData): TensorDtype {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint32Array) return 'uint32';
  return 'bool';
}

/** `f32 [2, 3]`, as messages write it. */
export function describeTensor(value: Tensor<TensorData>): string {
  return describeShape(dtypeOf(value.data), value.shape);
}

/** `f32 [2, 3]`, as messages write it. */
export function describeShape(dtype: string, shape: readonly number[]): string {
  const short = { float32: 'f32', int32: 'i32', uint32: 'u32', bool: 'bool' }[dtype] ?? dtype;
  return `${short} [${shape.join(', ')}]`;
}

/** Whether a tree node is a tensor. */
export function isTensor(value: unknown): value is Tensor<TensorData> {
  if (typeof value !== 'object' || value === null || !('shape' in value) || !('data' in value)) return false;
  const { data } = value;
  const known =
    data instanceof Float32Array ||
    data instanceof Int32Array ||
    data instanceof Uint32Array ||
    data instanceof Uint8Array;
  return known && Array.isArray(value.shape);
}

/** Throws unless shape and data agree. */
export function checkTensor(where: string, value: Tensor<TensorData>): void {
  const { shape, data } = value;
  if (!shape.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new TensorError({
      code: 'tensor.shape',
      where: `${where}.shape`,
      expected: 'non-negative integers',
      got: `[${shape.join(', ')}]`,
    });
  }
  if (sizeOf(shape) !== data.length) {
    throw new TensorError({
      code: 'tensor.shape',
      where: `${where}.data`,
      expected: `${sizeOf(shape)} elements for [${shape.join(', ')}]`,
      got: `${data.length}`,
    });
  }
}
