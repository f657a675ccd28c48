import { fields, messages, varints } from './protobuf.ts';
import { TensorError } from './tensor-error.ts';
import { sizeOf, type Tensor } from './tensor.ts';

/** Fields of ONNX's protobuf messages: ModelProto, GraphProto, TensorProto. */
const GRAPH = 7;
const INITIALIZER = 5;
const TENSOR = { dims: 1, dtype: 2, name: 8, raw: 9 };
/** `TensorProto.DataType` */
const FLOAT = 1;
const PREFIX = 'params.';

/**
 * The parameters of a network that `exportOnnx` wrote, by their dotted paths: what a training goes on from. With
 * `unflattenPaths` they are the tree that was exported.
 *
 * @returns f32 tensors of every constant `params.<path>`; empty for a network of another hand
 * @throws TensorError `tensor.model` when the bytes are no ONNX model, or a parameter has not as many numbers as its
 *   shape says
 */
export function onnxParams(bytes: Uint8Array, where = 'onnx'): Record<string, Tensor> {
  const found: Record<string, Tensor> = {};
  for (const graph of messages(bytes, GRAPH, where))
    for (const constant of messages(graph, INITIALIZER, where)) {
      const { name, shape, data } = readConstant(constant, where);
      if (!name.startsWith(PREFIX) || data === undefined) continue;
      if (sizeOf(shape) !== data.length)
        throw new TensorError({
          code: 'tensor.model',
          where: `${where}.${name}`,
          expected: `f32 [${shape.join(', ')}]`,
          got: `${data.length} numbers`,
        });
      found[name.slice(PREFIX.length)] = { shape, data };
    }
  return found;
}

function readConstant(
  tensor: Uint8Array,
  where: string,
): { readonly name: string; readonly shape: readonly number[]; readonly data?: Float32Array } {
  const shape: number[] = [];
  let [name, dtype] = ['', 0];
  let raw: Uint8Array | undefined;
  for (const { field, whole, value } of fields(tensor, where)) {
    if (field === TENSOR.dims) shape.push(...varints(value ?? whole.subarray(1)));
    else if (field === TENSOR.dtype) dtype = whole[whole.length - 1];
    else if (field === TENSOR.name && value !== undefined) name = new TextDecoder().decode(value);
    else if (field === TENSOR.raw) raw = value;
  }
  if (dtype !== FLOAT || raw === undefined) return { name, shape };
  return { name, shape, data: new Float32Array(Uint8Array.prototype.slice.call(raw, 0, raw.length & ~3).buffer) };
}
