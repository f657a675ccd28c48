import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode } from '../onnx-proto.ts';

/** Questions that passes ask of a graph: who makes a value, who reads it, what constant it is. */
export class GraphMatch {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly readers = new Map<string, number>();
  private readonly constants: ReadonlyMap<string, OnnxInitializer>;
  private readonly shapes = new Map<string, readonly number[]>();

  constructor(graph: OnnxGraph) {
    this.constants = new Map(graph.initializers.map((value) => [value.name, value]));
    for (const { name, shape } of [...graph.initializers, ...graph.inputs]) this.shapes.set(name, shape);
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.producers.set(name, node);
      for (const name of node.inputs) this.readers.set(name, (this.readers.get(name) ?? 0) + 1);
      if (node.op === 'Reshape') this.shapes.set(node.outputs[0], this.ints(node.inputs[1]) ?? []);
      if (node.op === 'Split') this.splitShapes(node);
    }
    for (const { name } of graph.outputs) this.readers.set(name, (this.readers.get(name) ?? 0) + 1);
  }

  /** The node of operator `op` that makes `name`, if it does. */
  made(name: string | undefined, op: string): OnnxNode | undefined {
    const node = name === undefined ? undefined : this.producers.get(name);
    return node?.op === op ? node : undefined;
  }

  /** The same, when nothing else reads the value. */
  only(name: string | undefined, op: string): OnnxNode | undefined {
    return name !== undefined && this.readers.get(name) === 1 ? this.made(name, op) : undefined;
  }

  /** How many nodes and outputs read a value. */
  readersOf(name: string): number {
    return this.readers.get(name) ?? 0;
  }

  /** Both orders of a node's two operands. */
  eitherWay(node: OnnxNode | undefined): [string, string][] {
    if (node === undefined) return [];
    const [a, b] = node.inputs;
    return a === b
      ? [[a, b]]
      : [
          [a, b],
          [b, a],
        ];
  }

  /** A scalar f32 constant. */
  number(name: string | undefined): number | undefined {
    const constant = name === undefined ? undefined : this.constants.get(name);
    if (constant === undefined || constant.dtype !== 'float32' || constant.bytes.length !== 4) return undefined;
    return new DataView(constant.bytes.buffer, constant.bytes.byteOffset).getFloat32(0, true);
  }

  /** A constant list of integers. */
  ints(name: string | undefined): number[] | undefined {
    const constant = name === undefined ? undefined : this.constants.get(name);
    if (constant === undefined || constant.dtype !== 'int64') return undefined;
    return [...new BigInt64Array(Uint8Array.from(constant.bytes).buffer)].map(Number);
  }

  /** The shape of an input, a constant or the result of a reshape or split; undefined where it is not known. */
  shapeOf(name: string): readonly number[] | undefined {
    return this.shapes.get(name);
  }

  private splitShapes(node: OnnxNode): void {
    const shape = this.shapes.get(node.inputs[0]);
    const sizes = this.ints(node.inputs[1]);
    const axis = node.attributes.axis as number;
    if (shape !== undefined && sizes !== undefined)
      node.outputs.forEach((name, i) => this.shapes.set(name, shape.with(axis, sizes[i])));
  }
}

/** What takes a node's place: other nodes, the last of which makes the same value; and the constants they need. */
export interface Replacement {
  readonly nodes: readonly OnnxNode[];
  readonly constants?: readonly OnnxInitializer[];
  readonly opset?: number;
}

/**
 * Replace every node that `rewrite` has something better for, from the first to the last, and drop what nothing reads
 * any more.
 */
export function rewriteGraph(
  graph: OnnxGraph,
  rewrite: (node: OnnxNode, match: GraphMatch) => Replacement | undefined,
): OnnxGraph {
  const match = new GraphMatch(graph);
  const constants = new Map(graph.initializers.map((value) => [value.name, value]));
  let { opset } = graph;
  const nodes = graph.nodes.flatMap((node) => {
    const found = rewrite(node, match);
    if (found === undefined) return [node];
    for (const constant of found.constants ?? []) constants.set(constant.name, constant);
    opset = Math.max(opset, found.opset ?? 0);
    return found.nodes;
  });
  return dropDead({ ...graph, opset, nodes, initializers: [...constants.values()] });
}

/** Without the nodes and constants that no output needs. */
export function dropDead(graph: OnnxGraph): OnnxGraph {
  const used = new Set(graph.outputs.map(({ name }) => name));
  const live: OnnxNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => used.has(name))) continue;
    live.push(node);
    for (const name of node.inputs) used.add(name);
  }
  return { ...graph, nodes: live.reverse(), initializers: graph.initializers.filter(({ name }) => used.has(name)) };
}

/** A node with one output. */
export function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxNode {
  return { op, inputs, outputs: [output], attributes };
}
