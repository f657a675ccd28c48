import { Message } from './protobuf.ts';

/**
 * Writes the few messages of `onnx.proto3` (operator set 18 and up) that lowered programs need, so that the package
 * has no protobuf dependency. Field numbers are those of the public schema.
 */

/** Element types by their ONNX names. */
export type OnnxDtype = 'float32' | 'uint8' | 'int32' | 'int64' | 'bool' | 'float16' | 'float64' | 'uint32';

/** `TensorProto.DataType` numbers; bf16 is only ever cast to and from. */
export const ONNX_DTYPES: Readonly<Record<OnnxDtype | 'bfloat16', number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  bfloat16: 16,
};

/**
 * A node attribute: integers and lists of integers; `{ float }` for floats, since 1 and 1.0 are different to ONNX; the
 * body of a loop.
 */
export type OnnxAttribute = number | readonly number[] | { float: number } | string | { graph: OnnxGraph };

/** An operator call. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant; `bytes` is little-endian row-major. */
export interface OnnxInitializer {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A named input or output; a negative size stands for any. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
}

/** A whole model before encoding. */
export interface OnnxGraph {
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The first operator set of which models must say IR version 13; older sets are content with 9. */
const LATE_OPSET = 21;

/** Encode a model. The same graph gives the same bytes: metadata keys are sorted and nothing holds a clock. */
export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const model = new Message()
    .int(1, graph.opset < LATE_OPSET ? 9 : 13)
    .string(2, 'soliloquy')
    .message(7, graphMessage(graph));
  model.message(8, new Message().string(1, '').int(2, graph.opset));
  for (const key of Object.keys(graph.metadata).sort()) {
    model.message(14, new Message().string(1, key).string(2, graph.metadata[key]));
  }
  return model.finish();
}

function graphMessage(graph: OnnxGraph): Message {
  const body = new Message();
  for (const node of graph.nodes) body.message(1, nodeMessage(node));
  body.string(2, 'soliloquy');
  for (const initializer of graph.initializers) body.message(5, initializerMessage(initializer));
  for (const input of graph.inputs) body.message(11, valueInfoMessage(input));
  for (const output of graph.outputs) body.message(12, valueInfoMessage(output));
  return body;
}

function nodeMessage(node: OnnxNode): Message {
  const message = new Message();
  for (const input of node.inputs) message.string(1, input);
  for (const output of node.outputs) message.string(2, output);
  message.string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) message.message(5, attributeMessage(name, value));
  return message;
}

function attributeMessage(name: string, value: OnnxAttribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, 2);
  if (typeof value === 'string') return message.string(4, value).int(20, 3);
  if ('graph' in value) return message.message(6, graphMessage(value.graph)).int(20, 5);
  if ('float' in value) return message.float(2, value.float).int(20, 1);
  for (const item of value) message.int(8, item);
  return message.int(20, 7);
}

function initializerMessage(value: OnnxInitializer): Message {
  const message = new Message();
  for (const n of value.shape) message.int(1, n);
  return message.int(2, ONNX_DTYPES[value.dtype]).string(8, value.name).bytes(9, value.bytes);
}

function valueInfoMessage(value: OnnxValueInfo): Message {
  const shape = new Message();
  for (const [axis, n] of value.shape.entries())
    shape.message(1, n < 0 ? new Message().string(2, `${value.name}.${axis}`) : new Message().int(1, n));
  const tensorType = new Message().int(1, ONNX_DTYPES[value.dtype]).message(2, shape);
  return new Message().string(1, value.name).message(2, new Message().message(1, tensorType));
}
