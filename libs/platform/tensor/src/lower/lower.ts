import type { Jaxpr } from '@jax-js/jax';
import { encodeOnnx, type OnnxDtype, type OnnxGraph, type OnnxValueInfo } from '../onnx-proto.ts';
import { describePosition, type Positions } from '../source-position.ts';
import { TensorError } from '../tensor-error.ts';
import { dtypeOf, type TensorData } from '../tensor.ts';
import { fuse } from './fuse.ts';
import { bytesOf, GraphBuilder, uniformValue } from './graph-builder.ts';
import { halfProducts, type HalfType } from './half-products.ts';
import { broadcastView, directView, materialise, type LazyView } from './lazy-view.ts';
import { LOWERINGS } from './lowerings.ts';
import { elementType, type PrimitiveCall } from './primitive.ts';
import { Probes } from './probe.ts';

/** A traced program: its equations, the constants it closed over (its first inputs), and the names at its border. */
export interface TracedProgram {
  readonly jaxpr: Jaxpr;
  readonly constants: readonly { shape: readonly number[]; data: TensorData }[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Where in the user's code each variable was made, for messages. */
  readonly positions?: Positions;
}

/** What lowering gives: the model and the types at its border. */
export interface LoweredProgram {
  readonly graph: OnnxGraph;
  /** The encoded model. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** How many nodes of each operator. */
  readonly operators: Readonly<Record<string, number>>;
}

/** How to lower. */
export interface LowerOptions {
  /** Use ONNX's own LayerNormalization, Softmax and Gelu where the parts of one stand. Changes the last bits. */
  readonly fuse?: boolean;
  /**
   * Add outputs that say, for each float value of the program, whether it holds NaN or infinities (`probe.<index of the
   * equation>`).
   */
  readonly probe?: 'nan' | 'infinite';
  /** Compute products in 16 bits. */
  readonly half?: HalfType;
}

type Atom = Jaxpr['outs'][number];

/**
 * Lower a Jaxpr to an ONNX model (operator set 18).
 *
 * @param weights values for inputs that become constants of the model instead (export), by input name
 * @param metadata key-value pairs kept in the model
 * @param options  `fuse`, `probe`
 * @throws TensorError `tensor.unsupported-primitive` naming the primitive, its form and the shapes
 */
export function lower(
  program: TracedProgram,
  weights: Readonly<Record<string, { shape: readonly number[]; data: TensorData }>> = {},
  metadata: Readonly<Record<string, string>> = {},
  options: LowerOptions = {},
): LoweredProgram {
  const graph = new GraphBuilder();
  const views = new Map<Atom, LazyView>();
  const inputs: OnnxValueInfo[] = [];
  const { jaxpr, constants } = program;
  checkPrimitives(jaxpr, program.positions);
  checkNames(program);

  jaxpr.inBinders.forEach((binder, i) => {
    const shape = binder.aval.shape;
    const dtype = elementType(binder.aval.dtype);
    if (i < constants.length) {
      views.set(binder, constantView(graph, shape, constants[i].data));
      return;
    }
    const name = program.inputNames[i - constants.length];
    const weight = weights[name];
    if (weight === undefined) inputs.push({ name, dtype, shape });
    else graph.initializer(name, dtype, shape, bytesOf(weight.data));
    views.set(binder, directView(name, shape, dtype));
  });

  const read = (atom: Atom): LazyView => {
    const view = views.get(atom);
    if (view !== undefined) return view;
    if (!('value' in atom))
      throw new TensorError({
        code: 'tensor.trace',
        where: 'lower.atom',
        expected: 'a variable of the program',
        got: 'an unknown one',
      });
    const dtype = elementType(atom.aval.dtype);
    return directView(graph.scalar(Number(atom.value), dtype), [], dtype);
  };

  const probes = new Probes(graph, options.probe);
  for (const [index, equation] of jaxpr.eqns.entries()) {
    const call: PrimitiveCall = {
      graph,
      inputs: equation.inputs.map(read),
      params: equation.params,
      outputs: equation.outBinders.map((binder) => ({
        shape: binder.aval.shape,
        dtype: elementType(binder.aval.dtype),
      })),
      primitive: equation.primitive,
      position: () => describePosition(program.positions?.of(equation.outBinders[0])),
    };
    const results = LOWERINGS[equation.primitive](call);
    equation.outBinders.forEach((binder, i) => views.set(binder, results[i]));
    for (const view of results) probes.add(index, view);
  }

  const outputs = jaxpr.outs.map((atom, i) => {
    const name = program.outputNames[i];
    const view = read(atom);
    graph.output(materialise(graph, view), name);
    return { name, dtype: view.dtype, shape: view.shape };
  });
  outputs.push(...probes.outputs());
  const plain = graph.finish(inputs, outputs, metadata);
  const fused = options.fuse === true ? fuse(plain) : plain;
  const finished = options.half === undefined ? fused : halfProducts(fused, options.half);
  const operators: Record<string, number> = {};
  for (const { op } of finished.nodes) operators[op] = (operators[op] ?? 0) + 1;
  return { graph: finished, bytes: encodeOnnx(finished), inputs, outputs, operators };
}

function checkPrimitives(jaxpr: Jaxpr, positions: Positions | undefined): void {
  for (const { primitive, inputs, params, outBinders } of jaxpr.eqns) {
    if (Object.hasOwn(LOWERINGS, primitive)) continue;
    const shapes = inputs.map((atom) => `[${atom.aval.shape.join(', ')}]`).join(', ');
    throw new TensorError({
      code: 'tensor.unsupported-primitive',
      where: `lower.${primitive}`,
      expected: 'a primitive that ONNX has a meaning for',
      got: `'${primitive}' ${JSON.stringify(params)} on ${shapes}${describePosition(positions?.of(outBinders[0]))}`,
      remedy: "express the model without it, or compile with executor 'jax'",
    });
  }
}

function checkNames({ inputNames, outputNames }: TracedProgram): void {
  const seen = new Set<string>();
  for (const name of [...inputNames, ...outputNames]) {
    if (seen.has(name))
      throw new TensorError({
        code: 'tensor.model',
        where: 'lower.names',
        expected: 'every input, parameter and output to have a name of its own',
        got: `'${name}' twice`,
        remedy: 'rename one',
      });
    seen.add(name);
  }
}

function constantView(graph: GraphBuilder, shape: readonly number[], data: TensorData): LazyView {
  const dtype: OnnxDtype = dtypeOf(data);
  const filled = uniformValue(data, shape);
  if (filled !== undefined)
    return broadcastView(
      directView(graph.scalar(filled, dtype), [], dtype),
      shape,
      shape.map((_, d) => d),
    );
  return directView(graph.constant(dtype, shape, data), shape, dtype);
}
