import { ONNX_DTYPES } from './onnx-proto.ts';
import { fields, Message, messages } from './protobuf.ts';
import { toFloat16Bits } from './safetensors.ts';

/** Fields of ONNX's protobuf messages: ModelProto, GraphProto, ValueInfoProto, TensorProto. */
const MODEL = { graph: 7 };
const GRAPH = { node: 1, initializer: 5, input: 11 };
const INPUT_NAME = 1;
const TENSOR = { dtype: 2, name: 8, raw: 9 };
/** Smaller constants are shapes, scales and biases: they cost little. */
const LEAST_COUNT = 256;
/** Largest number of f16. */
const MOST = 65_504;
/** `AttributeProto.AttributeType` INT. */
const INT = 2;

/**
 * The same network with its large f32 constants kept in 16 bits (round to nearest even) and cast back before they are
 * used: half as large a file, and the engine computes in f32 as before. Constants with a number beyond f16 stay.
 * Relative error of a weight: at most 2^-11.
 *
 * @param bytes an ONNX model that holds all of its values, in `raw_data`
 * @throws TensorError `tensor.model` when the bytes are no protobuf message
 */
export function halveWeights(bytes: Uint8Array, where = 'onnx'): Uint8Array {
  const model = new Message();
  for (const { field, whole, value } of fields(bytes, where))
    if (field === MODEL.graph && value !== undefined) model.bytes(field, halvedGraph(value, where));
    else model.raw(whole);
  return model.finish();
}

function halvedGraph(graph: Uint8Array, where: string): Uint8Array {
  // Old models list constants among the inputs, with the type that they must keep.
  const inputs = new Set(
    [...messages(graph, GRAPH.input, where)].map((input) => textOf([...messages(input, INPUT_NAME, where)][0])),
  );
  const [casts, rest] = [new Message(), new Message()];
  for (const { field, whole, value } of fields(graph, where)) {
    const halved = field === GRAPH.initializer && value !== undefined ? halvedTensor(value, inputs, where) : undefined;
    if (halved === undefined) {
      rest.raw(whole);
      continue;
    }
    rest.bytes(GRAPH.initializer, halved.tensor);
    casts.message(GRAPH.node, castNode(halved.name));
  }
  // Nodes stand in the order in which they run.
  return new Message().raw(casts.finish()).raw(rest.finish()).finish();
}

const halfName = (name: string): string => `${name}/f16`;

/** @returns undefined where it stays as it is */
function halvedTensor(
  tensor: Uint8Array,
  inputs: ReadonlySet<string>,
  where: string,
): { name: string; tensor: Uint8Array } | undefined {
  let [name, isFloat] = ['', false];
  let raw: Uint8Array | undefined;
  const rest = new Message();
  for (const { field, whole, value } of fields(tensor, where)) {
    if (field === TENSOR.dtype) isFloat = whole[whole.length - 1] === ONNX_DTYPES.float32;
    else if (field === TENSOR.name) name = textOf(value);
    else if (field === TENSOR.raw) raw = value;
    else rest.raw(whole);
  }
  if (!isFloat || raw === undefined || raw.length < 4 * LEAST_COUNT || inputs.has(name)) return undefined;
  const values = new Float32Array(Uint8Array.prototype.slice.call(raw).buffer);
  if (!values.every((value) => Math.abs(value) <= MOST)) return undefined;
  const halved = rest
    .int(TENSOR.dtype, ONNX_DTYPES.float16)
    .string(TENSOR.name, halfName(name))
    .bytes(TENSOR.raw, new Uint8Array(toFloat16Bits(values).buffer));
  return { name, tensor: halved.finish() };
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5; AttributeProto: name 1, i 3, type 20. */
function castNode(name: string): Message {
  const to = new Message().string(1, 'to').int(3, ONNX_DTYPES.float32).int(20, INT);
  return new Message().string(1, halfName(name)).string(2, name).string(4, 'Cast').message(5, to);
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
