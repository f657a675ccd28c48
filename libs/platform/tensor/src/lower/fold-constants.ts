import type { OnnxGraph, OnnxInitializer, OnnxNode } from '../onnx-proto.ts';
import { sizeOf } from '../tensor.ts';
import { dropDead } from './graph-match.ts';

/** A folded constant is stored in the model: it may not be larger than this many elements. */
const MAX_ELEMENTS = 65_536;

/** Arithmetic that IEEE 754 rounds in one way only, so that folding changes no bit. */
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};
const UNARY: Readonly<Record<string, (a: number) => number>> = {
  Neg: (a) => -a,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
};

/**
 * Compute at once what depends on f32 constants alone, as far as the result is the same to the bit: sums, products,
 * roots, and changes of shape.
 */
export function foldConstants(graph: OnnxGraph): OnnxGraph {
  const constants = new Map(graph.initializers.map((value) => [value.name, value]));
  const results = new Set(graph.outputs.map(({ name }) => name));
  const nodes: OnnxNode[] = [];
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => constants.get(name));
    const folded =
      operands.every((value) => value !== undefined) && !results.has(node.outputs[0])
        ? fold(node, operands)
        : undefined;
    if (folded === undefined) nodes.push(node);
    else constants.set(folded.name, folded);
  }
  return dropDead({ ...graph, nodes, initializers: [...constants.values()] });
}

function fold(node: OnnxNode, operands: readonly OnnxInitializer[]): OnnxInitializer | undefined {
  const [first, second] = operands;
  if (first?.dtype !== 'float32') return undefined;
  const make = (shape: readonly number[], data: Float32Array): OnnxInitializer => ({
    name: node.outputs[0],
    dtype: 'float32',
    shape,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
  const x = valuesOf(first);
  const unary = UNARY[node.op];
  if (unary !== undefined) return make(first.shape, x.map(unary));
  if (node.op === 'Reshape') return make([...new BigInt64Array(Uint8Array.from(second.bytes).buffer)].map(Number), x);
  const binary = BINARY[node.op];
  if (binary === undefined || second.dtype !== 'float32') return undefined;
  const shape = broadcast(first.shape, second.shape);
  if (sizeOf(shape) > MAX_ELEMENTS) return undefined;
  const y = valuesOf(second);
  const [left, right] = [first.shape, second.shape].map((from) => indexer(from, shape));
  return make(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => binary(x[left(i)], y[right(i)])),
  );
}

function valuesOf(constant: OnnxInitializer): Float32Array {
  return new Float32Array(Uint8Array.from(constant.bytes).buffer);
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, d) => {
    const [m, n] = [a[d - rank + a.length] ?? 1, b[d - rank + b.length] ?? 1];
    return m === 1 ? n : m;
  });
}

/** Where element i of `to` lies in an array of shape `from` that is broadcast to it. */
function indexer(from: readonly number[], to: readonly number[]): (i: number) => number {
  return (i) => {
    let [index, stride, rest] = [0, 1, i];
    for (let d = 1; d <= to.length; d++) {
      const size = from[from.length - d] ?? 1;
      const at = rest % to[to.length - d];
      rest = Math.floor(rest / to[to.length - d]);
      if (size !== 1) index += at * stride;
      stride *= size;
    }
    return index;
  };
}
