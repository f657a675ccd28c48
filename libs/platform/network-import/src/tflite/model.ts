import { sizeOf, type Constant, type ConstantData } from '../constant.ts';
import { FlatBytes, FlatTable } from '../flat-table.ts';
import { denseOf } from './sparse.ts';

/** Element types by their number in TensorFlow Lite's schema (`TensorType`), with their bytes. */
const TYPES: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  0: { name: 'f32', bytes: 4 },
  1: { name: 'f16', bytes: 2 },
  2: { name: 'i32', bytes: 4 },
  3: { name: 'u8', bytes: 1 },
  9: { name: 'i8', bytes: 1 },
};
/** `CUSTOM` of `BuiltinOperator`: the operator's name says which. */
export const CUSTOM = 32;
/** A tensor larger than this is no network's: a shape that lies is refused before anything is allocated. */
const MOST_ELEMENTS = 2 ** 27;

/** How integers stand for numbers: (q − zero) · scale, per tensor or along one axis. */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
  readonly axis: number;
}

/** A value of a network. */
export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Element type, e.g. `f32`. */
  readonly type: string;
  readonly quantization?: Quantization;
  /** Its values, where they are in the file; those of a sparse tensor with its zeros. */
  readonly constant?: () => Constant;
}

/** One step of a network. */
export interface TfliteOperator {
  /** `BuiltinOperator` */
  readonly code: number;
  /** Name of a custom operator. */
  readonly custom: string;
  /** Indices of tensors; −1 for an optional one that is not given. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: FlatTable | undefined;
  readonly customOptions: Uint8Array;
}

/** A network as TensorFlow Lite stores it. */
export interface TfliteModel {
  readonly file: FlatBytes;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * Reads a `.tflite` file (schema.fbs, version 3) of one subgraph. Every offset, index and size is checked.
 *
 * @param where names the file in faults
 * @throws ImportError `network.malformed`
 */
export function readTflite(bytes: Uint8Array, where: string): TfliteModel {
  const file = new FlatBytes(bytes, where, 'a TensorFlow Lite network');
  if (new TextDecoder('latin1').decode(file.slice(4, 4)) !== 'TFL3')
    throw file.malformed(`${bytes.length} bytes without its mark, TFL3`);
  const root = new FlatTable(file, file.u32(0));
  const [graph, ...others] = root.tables(2);
  if (root.int(0) !== 3 || graph === undefined || others.length > 0)
    throw file.malformed(`schema version ${root.int(0)} with ${root.tables(2).length} subgraphs`);
  const codes = root.tables(1).map((code) => ({
    code: Math.max(code.byte(0), code.int(3)),
    custom: code.text(1),
  }));
  const buffers = root.tables(4).map((buffer) => buffer.bytes(0));
  const tensors = graph.tables(0).map((table) => readTensor(table, buffers));
  const operators = graph.tables(3).map((table) => ({
    ...at(codes, table.int(0), 'operator code', file),
    inputs: table.ints(1),
    outputs: table.ints(2),
    options: table.table(4),
    customOptions: table.bytes(5),
  }));
  const model = { file, tensors, operators, inputs: graph.ints(1), outputs: graph.ints(2) };
  checkOrder(model);
  return model;
}

function at<T>(list: readonly T[], index: number, what: string, file: FlatBytes): T {
  if (index < 0 || index >= list.length) throw file.malformed(`${what} ${index} of ${list.length}`);
  return list[index];
}

function readTensor(table: FlatTable, buffers: readonly Uint8Array[]): TfliteTensor {
  const { file } = table;
  const name = table.text(3);
  const shape = table.ints(0);
  const type = TYPES[table.byte(1)];
  const raw = at(buffers, table.int(2), `the buffer of tensor ${name}:`, file);
  if (shape.some((n) => n < 0) || sizeOf(shape) > MOST_ELEMENTS)
    throw file.malformed(`tensor ${name} of shape [${shape.join(', ')}]`);
  const quantization = table.table(4);
  const scales = quantization?.floats(2) ?? [];
  const tensor = {
    name,
    shape,
    type: type?.name ?? `element type ${table.byte(1)}`,
    ...(scales.length > 0 && {
      quantization: { scales, zeros: quantization!.longs(3), axis: quantization!.int(6) },
    }),
  };
  if (raw.length === 0) return tensor;
  if (type === undefined) throw file.malformed(`constant ${name} of ${tensor.type}`);
  const sparsity = table.table(6);
  const stored = valuesOf(raw, type.name);
  if (sparsity === undefined && stored.length * type.bytes !== sizeOf(shape) * type.bytes)
    throw file.malformed(`constant ${name} of shape [${shape.join(', ')}] in ${raw.length} bytes`);
  if (raw.length % type.bytes !== 0) throw file.malformed(`constant ${name} of ${type.name} in ${raw.length} bytes`);
  return {
    ...tensor,
    constant: () => ({ shape, data: sparsity ? denseOf({ name, shape, stored, sparsity }) : stored }),
  };
}

/** The stored elements, on memory of their own so that they are aligned. */
function valuesOf(raw: Uint8Array, type: string): ConstantData {
  const { buffer, length } = raw.slice();
  if (type === 'f32') return new Float32Array(buffer, 0, length >> 2);
  if (type === 'f16') return new Uint16Array(buffer, 0, length >> 1);
  if (type === 'i32') return new Int32Array(buffer, 0, length >> 2);
  return type === 'i8' ? new Int8Array(buffer) : new Uint8Array(buffer);
}

/** Operators come in an order in which they can run, and every index is one of a tensor. */
function checkOrder({ file, tensors, operators, inputs, outputs }: TfliteModel): void {
  const known = new Set(inputs);
  for (const index of inputs) at(tensors, index, 'input', file);
  tensors.forEach(({ constant }, index) => constant && known.add(index));
  const need = (index: number, who: string): void => {
    if (index !== -1 && !known.has(index))
      throw file.malformed(`${who} that reads tensor ${index}, which nothing made`);
  };
  operators.forEach((operator, i) => {
    if (operator.outputs.length === 0) throw file.malformed(`operator ${i} without outputs`);
    for (const index of operator.inputs) need(index, `operator ${i}`);
    for (const index of operator.outputs) {
      at(tensors, index, `operator ${i} that writes tensor`, file);
      known.add(index);
    }
  });
  for (const index of outputs) need(index, 'a network');
  if (inputs.length === 0 || outputs.length === 0 || outputs.includes(-1))
    throw file.malformed(`a network of ${inputs.length} inputs and ${outputs.length} outputs`);
}
