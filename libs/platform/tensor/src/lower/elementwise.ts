import type { OnnxAttribute, OnnxDtype } from '../onnx-proto.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { arrange, arrangeCost, directView, sameView, sourceOrder, stretchView, type LazyView } from './lazy-view.ts';

/** Apply a unary operator to the view's source; the view stays as it is. */
export function unary(
  graph: GraphBuilder,
  op: string,
  view: LazyView,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): LazyView {
  return sameView(view, graph.emit(op, [view.name], attributes));
}

/** Change the element type of a view. */
export function castView(graph: GraphBuilder, view: LazyView, dtype: OnnxDtype, code: number): LazyView {
  return view.dtype === dtype ? view : sameView(view, graph.emit('Cast', [view.name], { to: code }), dtype);
}

/**
 * Apply an operator that works element by element with ONNX broadcasting.
 *
 * Axes along which every operand repeats are left out of the computation and stay lazy in the result; the others are
 * computed in the axis order that moves the fewest bytes (if all large operands are the same transpose, none).
 */
export function nary(
  graph: GraphBuilder,
  op: string,
  views: readonly LazyView[],
  shape: readonly number[],
  dtype: OnnxDtype,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): LazyView {
  const operands = views.map((view) => stretchView(view, shape));
  const axes = shape.map((_, d) => d).filter((d) => operands.some((view) => view.map[d] !== -1));
  const order = cheapestOrder(operands, axes);
  const names = operands.map((view) => arrange(graph, view, trimmedOrder(view, order)));
  const map = shape.map((_, d) => order.indexOf(d));
  return { name: graph.emit(op, names, attributes), sourceShape: order.map((d) => shape[d]), map, shape, dtype };
}

/** Reduce with `ReduceSum`, `ReduceMax`, `ReduceMin` or `ReduceProd` over the logical `axes`, which disappear. */
export function reduce(graph: GraphBuilder, op: string, view: LazyView, axes: readonly number[]): LazyView {
  const kept = view.shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const sourceAxes = axes.map((d) => view.map[d]).filter((axis) => axis !== -1);
  let { name, sourceShape } = view;
  let map = kept.map((d) => view.map[d]);
  if (sourceAxes.length > 0) {
    const ascending = [...sourceAxes].sort((a, b) => a - b);
    name = graph.emit(op, [name, graph.ints(ascending)], { keepdims: 0 });
    map = map.map((axis) => (axis === -1 ? -1 : axis - ascending.filter((gone) => gone < axis).length));
    sourceShape = sourceShape.filter((_, axis) => !ascending.includes(axis));
  }
  const reduced = { name, sourceShape, map, shape: kept.map((d) => view.shape[d]), dtype: view.dtype };
  const repeats = axes.filter((d) => view.map[d] === -1).reduce((count, d) => count * view.shape[d], 1);
  if (repeats === 1 || op === 'ReduceMax' || op === 'ReduceMin') return reduced;
  const count = directView(graph.scalar(repeats, view.dtype), [], view.dtype);
  return nary(graph, op === 'ReduceSum' ? 'Mul' : 'Pow', [reduced, count], reduced.shape, view.dtype);
}

function cheapestOrder(operands: readonly LazyView[], axes: readonly number[]): number[] {
  const logical = [...axes];
  const candidates = [logical];
  for (const view of operands) {
    const own = sourceOrder(view, axes);
    if (own.length === axes.length && arrangeCost(view, logical) > 0) candidates.push(own);
  }
  const cost = (order: readonly number[]) => operands.reduce((sum, view) => sum + arrangeCost(view, order), 0);
  return candidates.reduce((best, candidate) => (cost(candidate) < cost(best) ? candidate : best));
}

/** ONNX broadcasting adds leading axes by itself: operands are spared the reshape. */
function trimmedOrder(view: LazyView, order: readonly number[]): number[] {
  const first = order.findIndex((d) => view.map[d] !== -1);
  return first === -1 ? [] : order.slice(first);
}
