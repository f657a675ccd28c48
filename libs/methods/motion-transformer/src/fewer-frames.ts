import { fields, Message, varints, type Field } from '@soliloquy/tensor/protobuf';

/** Fields of ONNX's protobuf messages: ModelProto, GraphProto, TensorProto; the way to a size of a ValueInfoProto. */
const MODEL_GRAPH = 7;
const GRAPH = { initializer: 5, valueInfos: [11, 12, 13] };
const TENSOR = { dims: 1, dtype: 2, name: 8, raw: 9 };
const SIZE_OF_VALUE = [2, 1, 2, 1];
const DIM_VALUE = 1;
/** `TensorProto.DataType`. */
const INT64 = 7;
const WEIGHTS = 'params.';
const WHERE = 'transformer.onnx';

/**
 * The transformer that `packMotionModel` wrote, for fewer frames at once: its weights do not depend on T, only sizes,
 * the numbers of the frames, and the attention's bias do, which are cut. A live avatar needs what attention reaches,
 * and no more: each pass then takes as long as it has frames.
 *
 * @param bytes an ONNX model whose first frames are `from`
 * @param size  `from` T of the model, `to` at most that
 * @returns     undefined where `from` is also another size of the network, so that the two cannot be told apart
 */
export function fewerFrames(
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): Uint8Array | undefined {
  const model = new Message();
  for (const { field, whole, value } of fields(bytes, WHERE)) {
    if (field !== MODEL_GRAPH || value === undefined) {
      model.raw(whole);
      continue;
    }
    const graph = new Message();
    for (const each of fields(value, WHERE)) {
      const part = resizedPart(each, from, to);
      if (part === undefined) return undefined;
      graph.raw(part);
    }
    model.message(field, graph);
  }
  return model.finish();
}

function resizedPart({ field, whole, value }: Field, from: number, to: number): Uint8Array | undefined {
  if (value === undefined) return whole;
  if (GRAPH.valueInfos.includes(field)) return new Message().bytes(field, resizedInfo(value, from, to)).finish();
  if (field !== GRAPH.initializer) return whole;
  const tensor = readTensor(value);
  if (tensor.name.startsWith(WEIGHTS)) return tensor.dims.includes(from) ? undefined : whole;
  const resized = resizedTensor(tensor, from, to);
  return resized === undefined ? whole : new Message().bytes(field, resized).finish();
}

interface TensorParts {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: number;
  readonly raw: Uint8Array;
}

function readTensor(bytes: Uint8Array): TensorParts {
  let [name, dtype] = ['', 0];
  let raw: Uint8Array = new Uint8Array(0);
  const dims: number[] = [];
  for (const { field, whole, value } of fields(bytes, WHERE)) {
    if (field === TENSOR.dims) dims.push(...varints(value ?? whole.subarray(1)));
    else if (field === TENSOR.dtype) dtype = whole[whole.length - 1];
    else if (field === TENSOR.name) name = new TextDecoder().decode(value);
    else if (field === TENSOR.raw && value !== undefined) raw = value;
  }
  return { name, dims, dtype, raw };
}

/** A constant that depends on T, cut: a shape, the numbers of the frames, or the attention's bias, row by row. */
function resizedTensor({ name, dims, dtype, raw }: TensorParts, from: number, to: number): Uint8Array | undefined {
  const count = dims.reduce((product, size) => product * size, 1);
  const write = (sizes: readonly number[], data: Uint8Array): Uint8Array => {
    const tensor = new Message();
    for (const size of sizes) tensor.int(TENSOR.dims, size);
    return tensor.int(TENSOR.dtype, dtype).string(TENSOR.name, name).bytes(TENSOR.raw, data).finish();
  };
  if (count === from) return write([to], raw.slice(0, (raw.length / from) * to));
  if (count === from * from) {
    const width = raw.length / count;
    const cut = new Uint8Array(to * to * width);
    for (let row = 0; row < to; row++)
      cut.set(raw.subarray(row * from * width, (row * from + to) * width), row * to * width);
    return write([to * to], cut);
  }
  if (dtype !== INT64) return undefined;
  const shape = new BigInt64Array(Uint8Array.prototype.slice.call(raw).buffer);
  return write(dims, new Uint8Array(shape.map((size) => (size === BigInt(from) ? BigInt(to) : size)).buffer));
}

/** A ValueInfoProto with its sizes of `from` as `to`. */
function resizedInfo(bytes: Uint8Array, from: number, to: number, path = SIZE_OF_VALUE): Uint8Array {
  const message = new Message();
  for (const { field, whole, value } of fields(bytes, WHERE)) {
    if (path.length === 0 && field === DIM_VALUE && varints(whole.subarray(1))[0] === from) message.int(field, to);
    else if (field === path[0] && value !== undefined)
      message.bytes(field, resizedInfo(value, from, to, path.slice(1)));
    else message.raw(whole);
  }
  return message.finish();
}
