import { sizeOf } from '../tensor.ts';
import { nary, reduce } from './elementwise.ts';
import type { GraphBuilder } from './graph-builder.ts';
import {
  arrange,
  broadcastView,
  directView,
  dropAxes,
  reshapeNode,
  sourceOrder,
  stretchView,
  type LazyView,
} from './lazy-view.ts';

/**
 * jax-js `dot`: the sum over the last axis of a broadcast product. The views tell which axes belong to both operands
 * (batch), to the left (M) or to the right (N) one, so that the product becomes one Gemm (no batch axes) or one MatMul,
 * never a broadcast multiply and a reduce: that is what makes training fast here.
 *
 * @param a, b views whose shapes broadcast against each other, last axes K
 * @param shape shape of the result
 */
export function dot(graph: GraphBuilder, a: LazyView, b: LazyView, shape: readonly number[]): LazyView {
  const last = shape.length;
  const inner = [a.shape.at(-1) ?? 1, b.shape.at(-1) ?? 1];
  // ONNX Runtime leaves products over no elements as it finds them.
  if (inner.includes(0))
    return broadcastView(
      directView(graph.scalar(0, a.dtype), [], a.dtype),
      shape,
      shape.map((_, d) => d),
    );
  const size = Math.max(...inner);
  const left = stretchView(a, [...shape, size]);
  const right = stretchView(b, [...shape, size]);
  const inLeft = (d: number) => left.map[d] !== -1;
  const inRight = (d: number) => right.map[d] !== -1;
  const axes = shape.map((_, d) => d);
  const batch = sourceOrder(
    left,
    axes.filter((d) => inLeft(d) && inRight(d)),
  );
  const rows = sourceOrder(
    left,
    axes.filter((d) => inLeft(d) && !inRight(d)),
  );
  const columns = sourceOrder(
    right,
    axes.filter((d) => !inLeft(d) && inRight(d)),
  );

  if (!inLeft(last) && !inRight(last)) {
    const product = nary(graph, 'Mul', [dropAxes(left, [last]), dropAxes(right, [last])], shape, a.dtype);
    if (size === 1) return product;
    return nary(graph, 'Mul', [product, directView(graph.scalar(size, a.dtype), [], a.dtype)], shape, a.dtype);
  }
  if (!inLeft(last) || !inRight(last)) {
    const [full, flat] = inLeft(last) ? [left, right] : [right, left];
    return nary(graph, 'Mul', [reduce(graph, 'ReduceSum', full, [last]), dropAxes(flat, [last])], shape, a.dtype);
  }
  // A product with neither M nor N is a row of dot products: MatMul would make one call for each.
  const isRowwise = rows.length === 0 && columns.length === 0 && batch.length > 0;
  if (isRowwise || a.dtype !== 'float32') {
    const product = nary(graph, 'Mul', [left, right], [...shape, size], a.dtype);
    return reduce(graph, 'ReduceSum', product, [last]);
  }

  const m = sizeOf(rows.map((d) => shape[d]));
  const n = sizeOf(columns.map((d) => shape[d]));
  const name =
    batch.length === 0
      ? gemm(graph, left, right, { rows, columns, last, m, n, size })
      : matMul(graph, left, right, { batch, rows, columns, last, m, n, size, shape });
  const order = [...batch, ...rows, ...columns];
  const sourceShape = order.map((d) => shape[d]);
  const merged = [...batch.map((d) => shape[d]), m, n];
  return {
    name: reshapeNode(graph, name, merged, sourceShape),
    sourceShape,
    map: axes.map((d) => order.indexOf(d)),
    shape,
    dtype: a.dtype,
  };
}

interface Gemm {
  rows: readonly number[];
  columns: readonly number[];
  last: number;
  m: number;
  n: number;
  size: number;
}

function gemm(graph: GraphBuilder, left: LazyView, right: LazyView, { rows, columns, last, m, n, size }: Gemm): string {
  const transA = rows.length > 0 && left.map[last] < left.map[rows[0]];
  const transB = columns.length === 0 || !(right.map[last] < right.map[columns[0]]);
  const x = transA ? matrix(graph, left, [last, ...rows], [size, m]) : matrix(graph, left, [...rows, last], [m, size]);
  const y = transB
    ? matrix(graph, right, [...columns, last], [n, size])
    : matrix(graph, right, [last, ...columns], [size, n]);
  return graph.emit('Gemm', [x, y], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 });
}

/** A two-dimensional operand, its M or N axes merged. */
function matrix(graph: GraphBuilder, view: LazyView, order: readonly number[], shape: readonly number[]): string {
  return reshapeNode(
    graph,
    arrange(graph, view, order),
    order.map((d) => view.shape[d]),
    shape,
  );
}

interface BatchedProduct extends Gemm {
  batch: readonly number[];
  shape: readonly number[];
}

/** Batch axes are not merged: ONNX Runtime then folds a swap of the last two axes into the product. */
function matMul(
  graph: GraphBuilder,
  left: LazyView,
  right: LazyView,
  { batch, rows, columns, last, m, n, size, shape }: BatchedProduct,
): string {
  const batchShape = batch.map((d) => shape[d]);
  const operand = (view: LazyView, axes: readonly number[], count: number, wantLast: boolean) => {
    const isLast = axes.length === 0 || view.map[last] > view.map[axes[axes.length - 1]];
    const order = isLast ? [...batch, ...axes, last] : [...batch, last, ...axes];
    const merged = isLast ? [...batchShape, count, size] : [...batchShape, size, count];
    const name = reshapeNode(
      graph,
      arrange(graph, view, order),
      order.map((d) => view.shape[d]),
      merged,
    );
    if (isLast === wantLast) return name;
    const rank = batchShape.length;
    return graph.emit('Transpose', [name], { perm: [...batchShape.map((_, i) => i), rank + 1, rank] });
  };
  return graph.emit('MatMul', [operand(left, rows, m, true), operand(right, columns, n, false)]);
}
