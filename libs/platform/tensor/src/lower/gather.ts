import { ONNX_DTYPES, type OnnxDtype } from '../onnx-proto.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { directView, materialise, stretchView, transposeView, type LazyView } from './lazy-view.ts';
import { cast, intsOf, unsupported, type Lowering } from './primitive.ts';

/**
 * jax-js `gather`: index the axes `axis` with broadcast integer arrays; the index axes stand at `outDim` of the result.
 * One index becomes ONNX Gather, several become GatherND. Indices must be in range: ONNX Runtime refuses others.
 */
export const gather: Lowering = (call) => {
  const { graph, outputs } = call;
  const [operand, ...indices] = call.inputs;
  const axes = intsOf(call, 'axis');
  const [outDim] = intsOf(call, 'outDim');
  const { shape, dtype } = outputs[0];
  const indexShape = shape.slice(outDim, outDim + shape.length - (operand.shape.length - axes.length));
  const rest = operand.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const restShape = rest.map((d) => operand.shape[d]);

  if (axes.length === 1) {
    const name = graph.emit(
      'Gather',
      [materialise(graph, operand), materialise(graph, stretchView(indices[0], indexShape))],
      { axis: axes[0] },
    );
    const gathered = directView(
      name,
      [...restShape.slice(0, axes[0]), ...indexShape, ...restShape.slice(axes[0])],
      dtype,
    );
    return [moveIndexAxes(gathered, indexShape.length, axes[0], outDim)];
  }
  const front = materialise(graph, transposeView(operand, [...axes, ...rest]));
  const name = graph.emit('GatherND', [front, stackIndices(graph, indices, indexShape)]);
  return [moveIndexAxes(directView(name, [...indexShape, ...restShape], dtype), indexShape.length, 0, outDim)];
};

/**
 * jax-js `scatter` into zeros: the transpose of `gather`. Values of one place add up, or, with `update`, the last
 * stays.
 */
export const scatter: Lowering = (call) => {
  const { graph, outputs } = call;
  const [updates, ...indices] = call.inputs;
  const axes = intsOf(call, 'axis');
  const [outDim] = intsOf(call, 'outDim');
  const { shape, dtype } = outputs[0];
  if (call.params.op !== 'add' && call.params.op !== 'update')
    throw unsupported(call, `op = ${String(call.params.op)}`);
  const indexRank = updates.shape.length - (shape.length - axes.length);
  const indexShape = updates.shape.slice(outDim, outDim + indexRank);
  const rest = shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const frontShape = [...axes, ...rest].map((d) => shape[d]);

  const positions = stackIndices(graph, indices, indexShape);
  const ordered = materialise(graph, moveIndexAxes(updates, indexRank, outDim, 0));
  const replaces = call.params.op === 'update' && call.params.uniqueIndices !== true;
  const name = replaces
    ? graph.emit('ScatterND', [emptyArray(graph, frontShape, dtype), positions, ordered])
    : scatterAdd(graph, frontShape, positions, ordered, dtype);
  const inverse = shape.map((_, d) => [...axes, ...rest].indexOf(d));
  return [transposeView(directView(name, frontShape, dtype), inverse)];
};

/**
 * Zeros of `shape` with `updates` added at `positions` i64 [..., number of leading axes]. Sums of bool are "any"; u32
 * goes by way of i64.
 */
export function scatterAdd(
  graph: GraphBuilder,
  shape: readonly number[],
  positions: string,
  updates: string,
  dtype: OnnxDtype,
): string {
  if (dtype !== 'bool' && dtype !== 'uint32')
    return graph.emit('ScatterND', [emptyArray(graph, shape, dtype), positions, updates], { reduction: 'add' });
  const wide = graph.emit('Cast', [updates], { to: ONNX_DTYPES.int64 });
  const summed = graph.emit('ScatterND', [emptyArray(graph, shape, 'int64'), positions, wide], { reduction: 'add' });
  return graph.emit('Cast', [summed], { to: ONNX_DTYPES[dtype] });
}

function emptyArray(graph: GraphBuilder, shape: readonly number[], dtype: OnnxDtype): string {
  return graph.emit('Expand', [graph.scalar(0, dtype), graph.ints(shape)]);
}

/** Indices as one i64 array [..., number of indexed axes]. */
function stackIndices(graph: GraphBuilder, indices: readonly LazyView[], indexShape: readonly number[]): string {
  const columns = indices.map((index) => {
    const name = materialise(graph, stretchView(cast(graph, index, 'int64'), indexShape));
    return graph.emit('Unsqueeze', [name, graph.ints([indexShape.length])]);
  });
  return columns.length === 1 ? columns[0] : graph.emit('Concat', columns, { axis: indexShape.length });
}

/** Move the `count` index axes that stand at `from` to `to`. */
function moveIndexAxes(view: LazyView, count: number, from: number, to: number): LazyView {
  const index = view.shape.map((_, d) => d).slice(from, from + count);
  const rest = view.shape.map((_, d) => d).filter((d) => !index.includes(d));
  return transposeView(view, [...rest.slice(0, to), ...index, ...rest.slice(to)]);
}
