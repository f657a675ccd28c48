import { fields, messages } from './protobuf.ts';

/** Fields of ONNX's protobuf messages: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto. */
const GRAPH = 7;
const NODE = 1;
const INITIALIZER = 5;
const ATTRIBUTE = 5;
const ATTRIBUTE_TENSOR = 5;
const TENSOR = { dtype: 2, floats: 4, name: 8, raw: 9 };
/** `TensorProto.DataType` of the floats that are looked at. */
const FLOAT = 1;
const FLOAT_16 = 10;

/**
 * The name of the first constant of a network that holds a number which is not finite, read without loading it; of
 * f32 and f16, in initializers and in nodes. Undefined where all are finite.
 *
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function nonFiniteConstant(bytes: Uint8Array, where = 'onnx'): string | undefined {
  for (const graph of messages(bytes, GRAPH, where)) {
    for (const tensor of constantsOf(graph, where)) {
      const { name, values } = readTensor(tensor, where);
      if (values !== undefined && !allFinite(values)) return name;
    }
  }
  return undefined;
}

function* constantsOf(graph: Uint8Array, where: string): Generator<Uint8Array> {
  yield* messages(graph, INITIALIZER, where);
  for (const node of messages(graph, NODE, where))
    for (const attribute of messages(node, ATTRIBUTE, where)) yield* messages(attribute, ATTRIBUTE_TENSOR, where);
}

/** The values of a TensorProto, where they are floats. */
function readTensor(tensor: Uint8Array, where: string): { name: string; values?: Float32Array | Float16Array } {
  let name = 'a constant without a name';
  let dtype = 0;
  let data: Uint8Array | undefined;
  for (const { field, whole, value } of fields(tensor, where)) {
    // Types are small numbers: a tag and one byte.
    if (field === TENSOR.dtype && value === undefined) dtype = whole[whole.length - 1];
    if (field === TENSOR.name && value !== undefined) name = new TextDecoder().decode(value) || name;
    if ((field === TENSOR.raw || field === TENSOR.floats) && value !== undefined) data = value;
  }
  if (data === undefined || (dtype !== FLOAT && dtype !== FLOAT_16)) return { name };
  const size = dtype === FLOAT ? 4 : 2;
  const whole = Uint8Array.prototype.slice.call(data, 0, data.length - (data.length % size)).buffer;
  return { name, values: dtype === FLOAT ? new Float32Array(whole) : new Float16Array(whole) };
}

function allFinite(values: Float32Array | Float16Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
