import type { OnnxAttribute, OnnxDtype, OnnxGraph, OnnxInitializer, OnnxNode, OnnxValueInfo } from '../onnx-proto.ts';
import { sizeOf } from '../tensor.ts';

/** What programs need unless an operator says otherwise: every ONNX Runtime since 1.14 has it. */
const BASE_OPSET = 18;

/**
 * Collects nodes and constants. The same call with the same operands is made once: differentiation repeats much of the
 * forward program.
 */
export class GraphBuilder {
  private nodes: OnnxNode[] = [];
  private initializers = new Map<string, OnnxInitializer>();
  private known = new Map<string, string[]>();
  private producers = new Map<string, OnnxNode>();
  private renamed = new Map<string, string>();
  private next = 0;
  private opset = BASE_OPSET;

  /** Add a node with one output and return that output's name. */
  emit(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.emitMany(op, inputs, 1, attributes)[0];
  }

  /** Add a node with several outputs. */
  emitMany(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string[] {
    const key = `${op}(${inputs.join()})${count}${JSON.stringify(attributes)}`;
    const seen = this.known.get(key);
    if (seen !== undefined) return seen;
    const outputs = Array.from({ length: count }, () => this.fresh());
    const node = { op, inputs, outputs, attributes };
    this.nodes.push(node);
    for (const output of outputs) this.producers.set(output, node);
    this.known.set(key, outputs);
    return outputs;
  }

  /** Give a value the name of a graph output: its producer takes the name over, where it has one that is still free. */
  output(from: string, name: string): void {
    if (this.producers.has(from) && !this.renamed.has(from)) this.renamed.set(from, name);
    else this.nodes.push({ op: 'Identity', inputs: [from], outputs: [name], attributes: {} });
  }

  /** The node that makes `name`, if a node does. */
  producer(name: string): OnnxNode | undefined {
    return this.producers.get(name);
  }

  /** Add a named constant. */
  initializer(name: string, dtype: OnnxDtype, shape: readonly number[], bytes: Uint8Array): string {
    this.initializers.set(name, { name, dtype, shape, bytes });
    return name;
  }

  /** A list of i64, as shapes, axes and bounds are given. */
  ints(values: readonly number[]): string {
    return this.shared(`i64:${values.join()}`, 'int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  /** A scalar of the traced program. */
  scalar(value: number, dtype: OnnxDtype): string {
    const data = typedArray(dtype, [value]);
    return this.shared(`${dtype}:${Object.is(value, -0) ? '-0' : value}`, dtype, [], data);
  }

  /** A constant without a name of its own. */
  constant(dtype: OnnxDtype, shape: readonly number[], data: ArrayBufferView): string {
    return this.initializer(this.fresh(), dtype, shape, bytesOf(data));
  }

  /** A constant that several nodes ask for by the same words. */
  table(key: string, dtype: OnnxDtype, shape: readonly number[], bytes: Uint8Array): string {
    return this.shared(`${key} ${shape.join()}`, dtype, shape, bytes);
  }

  /** Say that a node is of a later operator set. */
  requireOpset(version: number): void {
    this.opset = Math.max(this.opset, version);
  }

  /** Everything the outputs need; nodes that nothing uses are left out. */
  finish(
    inputs: readonly OnnxValueInfo[],
    outputs: readonly OnnxValueInfo[],
    metadata: Readonly<Record<string, string>> = {},
  ): OnnxGraph {
    const used = new Set(outputs.map((value) => value.name));
    const live: OnnxNode[] = [];
    const rename = (name: string) => this.renamed.get(name) ?? name;
    const named = this.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    for (const node of named.reverse()) {
      if (!node.outputs.some((name) => used.has(name))) continue;
      live.push(node);
      for (const name of node.inputs) used.add(name);
    }
    const nodes = live.reverse();
    const initializers = [...this.initializers.values()].filter((value) => used.has(value.name));
    return { opset: this.opset, nodes, initializers, inputs, outputs, metadata };
  }

  private shared(key: string, dtype: OnnxDtype, shape: readonly number[], data: ArrayBufferView): string {
    const seen = this.known.get(key);
    if (seen !== undefined) return seen[0];
    const name = this.constant(dtype, shape, data);
    this.known.set(key, [name]);
    return name;
  }

  /** No path of a tree starts like this, so that no input or output has such a name. */
  private fresh(): string {
    return `%${this.next++}`;
  }
}

/** The bytes behind a typed array. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Pack numbers as `dtype` holds them. */
export function typedArray(dtype: OnnxDtype, values: readonly number[]): ArrayBufferView {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'float64':
      return Float64Array.from(values);
    case 'float16':
      return Float16Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'uint32':
      return Uint32Array.from(values);
    case 'int64':
      return BigInt64Array.from(values, BigInt);
    case 'bool':
      return Uint8Array.from(values, (value) => (value ? 1 : 0));
    case 'uint8':
      return Uint8Array.from(values);
  }
}

/** All elements of a row-major constant when they are one value, so that a filled array costs a scalar. */
export function uniformValue(data: ArrayLike<number>, shape: readonly number[]): number | undefined {
  if (sizeOf(shape) === 0) return undefined;
  const first = data[0];
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return undefined;
  return first;
}
