import type { OnnxGraph, OnnxInitializer, OnnxNode, OnnxValueInfo } from '../onnx-proto.ts';

/**
 * Which of a step's inputs and outputs are the state that goes round: `inputs[i]` becomes `outputs[i]` of the step
 * before.
 */
export interface Loop {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * A graph that takes `count` steps: the state goes in once and comes out once, every other input and output has a
 * leading axis [count].
 *
 * As a Scan, which is as small as one step. Providers without a kernel for Scan (WebGPU) get the steps one after the
 * other.
 */
export function repeatGraph(step: OnnxGraph, loop: Loop, count: number, how: 'scan' | 'unroll'): OnnxGraph {
  return how === 'scan' ? scanned(step, loop, count) : unrolled(step, loop, count);
}

const BODY = 'step/';

function scanned(step: OnnxGraph, loop: Loop, count: number): OnnxGraph {
  const state = loop.inputs.map((name) => find(step.inputs, name));
  const slices = step.inputs.filter(({ name }) => !loop.inputs.includes(name));
  const next = loop.outputs.map((name) => find(step.outputs, name));
  const stacked = step.outputs.filter(({ name }) => !loop.outputs.includes(name));
  const inner = renamed(step, (name) => BODY + name);
  const body: OnnxGraph = {
    ...inner,
    inputs: [...state, ...slices].map(prefixed),
    outputs: [...next, ...stacked].map(prefixed),
    metadata: {},
  };
  const node: OnnxNode = {
    op: 'Scan',
    inputs: [...state, ...slices].map(({ name }) => name),
    outputs: [...next, ...stacked].map(({ name }) => name),
    attributes: { body: { graph: body }, num_scan_inputs: slices.length },
  };
  return {
    opset: step.opset,
    nodes: [node],
    initializers: [],
    inputs: [...state, ...slices.map((value) => many(value, count))],
    outputs: [...next, ...stacked.map((value) => many(value, count))],
    metadata: step.metadata,
  };
}

function unrolled(step: OnnxGraph, loop: Loop, count: number): OnnxGraph {
  const initializers: OnnxInitializer[] = [...step.initializers];
  const constants = new Set(step.initializers.map(({ name }) => name));
  const nodes: OnnxNode[] = [];
  let state = loop.inputs;
  const stacked = step.outputs.filter(({ name }) => !loop.outputs.includes(name));
  const parts = new Map<string, string[]>(stacked.map(({ name }) => [name, []]));
  const index = (k: number) => {
    const name = `step ${k}`;
    initializers.push({ name, dtype: 'int64', shape: [], bytes: new Uint8Array(BigInt64Array.of(BigInt(k)).buffer) });
    return name;
  };
  initializers.push({ name: 'first axis', dtype: 'int64', shape: [1], bytes: new Uint8Array(8) });
  for (let k = 0; k < count; k++) {
    const at = index(k);
    const current = state;
    const isLast = k === count - 1;
    const rename = (name: string): string => {
      if (constants.has(name)) return name;
      const i = loop.inputs.indexOf(name);
      if (i !== -1) return current[i];
      return isLast && loop.outputs.includes(name) ? name : `${k}/${name}`;
    };
    for (const { name } of step.inputs)
      if (!loop.inputs.includes(name))
        nodes.push({ op: 'Gather', inputs: [name, at], outputs: [rename(name)], attributes: { axis: 0 } });
    nodes.push(...renamed(step, rename).nodes);
    for (const { name } of stacked) {
      const part = `${k}/${name}/slice`;
      nodes.push({ op: 'Unsqueeze', inputs: [rename(name), 'first axis'], outputs: [part], attributes: {} });
      parts.get(name)!.push(part);
    }
    state = loop.outputs.map(rename);
  }
  for (const { name } of stacked)
    nodes.push({ op: 'Concat', inputs: parts.get(name)!, outputs: [name], attributes: { axis: 0 } });
  const inputs = step.inputs.map((value) => (loop.inputs.includes(value.name) ? value : many(value, count)));
  const outputs = step.outputs.map((value) => (loop.outputs.includes(value.name) ? value : many(value, count)));
  return { opset: step.opset, nodes, initializers, inputs, outputs, metadata: step.metadata };
}

function renamed(graph: OnnxGraph, rename: (name: string) => string): OnnxGraph {
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((name) => (name === '' ? '' : rename(name))),
      outputs: node.outputs.map(rename),
    })),
    initializers: graph.initializers.map((value) => ({ ...value, name: rename(value.name) })),
  };
}

function prefixed(value: OnnxValueInfo): OnnxValueInfo {
  return { ...value, name: BODY + value.name };
}

function many(value: OnnxValueInfo, count: number): OnnxValueInfo {
  return { ...value, shape: [count, ...value.shape] };
}

function find(values: readonly OnnxValueInfo[], name: string): OnnxValueInfo {
  return values.find((value) => value.name === name)!;
}
