import type { OnnxDtype } from '../onnx-proto.ts';
import { sizeOf } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';

/**
 * A value of the program as a view on a value of the ONNX graph: transposes, broadcasts and most reshapes only change
 * the view, and cost a node when (and if) a consumer needs the bytes in that order.
 *
 * Invariants: `map[d]` is the source axis of logical axis d, or -1 where the view repeats (always so where `shape[d]`
 * is 1); every source axis whose size is not 1 is mapped by exactly one logical axis, an axis of size 1 by none.
 */
export interface LazyView {
  readonly name: string;
  readonly sourceShape: readonly number[];
  readonly map: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: OnnxDtype;
}

/** The view of a graph value as it is. */
export function directView(name: string, shape: readonly number[], dtype: OnnxDtype): LazyView {
  return { name, sourceShape: shape, map: shape.map((n, d) => (n === 1 ? -1 : d)), shape, dtype };
}

/** A view on the result of an operation that works element by element on the source of `view`. */
export function sameView(view: LazyView, name: string, dtype: OnnxDtype = view.dtype): LazyView {
  return { ...view, name, dtype };
}

/** Reorder logical axes. */
export function transposeView(view: LazyView, perm: readonly number[]): LazyView {
  return { ...view, map: perm.map((d) => view.map[d]), shape: perm.map((d) => view.shape[d]) };
}

/** Insert the logical axes `axes` (positions in `shape`) and repeat along them and along axes of size 1. */
export function broadcastView(view: LazyView, shape: readonly number[], axes: readonly number[]): LazyView {
  let from = 0;
  const map = shape.map((_, d) => (axes.includes(d) ? -1 : view.map[from++]));
  return { ...view, map, shape };
}

/** Numpy broadcasting: align to the right and repeat. */
export function stretchView(view: LazyView, shape: readonly number[]): LazyView {
  const added = shape.length - view.shape.length;
  return { ...view, map: shape.map((_, d) => (d < added ? -1 : view.map[d - added])), shape };
}

/** Drop logical axes that the view repeats or that have size 1. */
export function dropAxes(view: LazyView, axes: readonly number[]): LazyView {
  return {
    ...view,
    map: view.map.filter((_, d) => !axes.includes(d)),
    shape: view.shape.filter((_, d) => !axes.includes(d)),
  };
}

/**
 * Give the view another shape with the same elements. Stays lazy when every run of axes that is merged or split lies in
 * order in the source (a merge of B and T under a transpose, as gradients of matrix products make); else the bytes are
 * made.
 */
export function reshapeView(graph: GraphBuilder, view: LazyView, shape: readonly number[]): LazyView {
  const groups = sizeOf(shape) === 0 ? undefined : reshapeGroups(view.shape, shape);
  if (groups === undefined) return reshapeBytes(graph, view, shape);
  const parts: { axes: number[]; sizes: number[] }[] = [];
  const map: number[] = [];
  let next = view.sourceShape.length;
  for (const { from, to } of groups) {
    const axes = from.filter((d) => view.shape[d] !== 1).map((d) => view.map[d]);
    const sizes = to.map((d) => shape[d]).filter((n) => n !== 1);
    if (axes.every((axis) => axis === -1)) {
      for (let i = 0; i < to.length; i++) map.push(-1);
    } else if (axes.length === 1 && sizes.length === 1) {
      for (const d of to) map.push(shape[d] === 1 ? -1 : axes[0]);
    } else if (axes.includes(-1) || !areAdjacent(axes, view.sourceShape)) {
      return reshapeBytes(graph, view, shape);
    } else {
      parts.push({ axes, sizes });
      for (const d of to) map.push(shape[d] === 1 ? -1 : next++);
    }
  }
  if (parts.length === 0) return { ...view, map, shape };

  const renumber = new Map<number, number>();
  const sourceShape: number[] = [];
  let added = view.sourceShape.length;
  for (let axis = 0; axis < view.sourceShape.length; axis++) {
    const part = parts.find((candidate) => candidate.axes.includes(axis));
    if (part === undefined) {
      if (view.sourceShape[axis] !== 1) renumber.set(axis, sourceShape.push(view.sourceShape[axis]) - 1);
    } else if (part.axes[0] === axis) {
      const first = added + parts.slice(0, parts.indexOf(part)).reduce((sum, p) => sum + p.sizes.length, 0);
      part.sizes.forEach((n, i) => renumber.set(first + i, sourceShape.push(n) - 1));
    }
  }
  added = 0;
  const name = reshapeNode(graph, view.name, view.sourceShape, sourceShape);
  return {
    name,
    sourceShape,
    map: map.map((axis) => (axis === -1 ? -1 : renumber.get(axis)!)),
    shape,
    dtype: view.dtype,
  };
}

/** The view's bytes in logical order, with every repeat written out. */
export function materialise(graph: GraphBuilder, view: LazyView): string {
  // ONNX Runtime expands 1 to 0 as if it were 1.
  if (sizeOf(view.shape) === 0 && view.map.includes(-1))
    return graph.table(`nothing ${view.dtype}`, view.dtype, view.shape, new Uint8Array(0));
  const aligned = arrange(
    graph,
    view,
    view.shape.map((_, d) => d),
  );
  const expanded = view.shape.some((n, d) => n !== 1 && view.map[d] === -1);
  return expanded ? graph.emit('Expand', [aligned, graph.ints(view.shape)]) : aligned;
}

/**
 * The view's bytes with its logical axes in `order`; axes that the view repeats have size 1, and no axis may be
 * missing.
 */
export function arrange(graph: GraphBuilder, view: LazyView, order: readonly number[]): string {
  const mapped = order.filter((d) => view.map[d] !== -1).map((d) => view.map[d]);
  let { name, sourceShape } = view;
  if (!isAscending(mapped)) {
    const units = sourceShape.map((_, axis) => axis).filter((axis) => !mapped.includes(axis));
    const perm = [...units, ...mapped];
    name = graph.emit('Transpose', [name], { perm });
    sourceShape = perm.map((axis) => view.sourceShape[axis]);
  }
  return reshapeNode(
    graph,
    name,
    sourceShape,
    order.map((d) => (view.map[d] === -1 ? 1 : view.shape[d])),
  );
}

/** Number of elements that `arrange` would have to move. */
export function arrangeCost(view: LazyView, order: readonly number[]): number {
  const mapped = order.filter((d) => view.map[d] !== -1).map((d) => view.map[d]);
  return isAscending(mapped) ? 0 : sizeOf(view.sourceShape);
}

/** Logical axes that are not repeated, in the order of the source. */
export function sourceOrder(view: LazyView, axes: readonly number[]): number[] {
  return axes.filter((d) => view.map[d] !== -1).sort((a, b) => view.map[a] - view.map[b]);
}

/** A Reshape, left out where it changes nothing. */
export function reshapeNode(graph: GraphBuilder, name: string, from: readonly number[], to: readonly number[]): string {
  if (from.length === to.length && from.every((n, i) => n === to[i])) return name;
  const producer = graph.producer(name);
  // A reshape of a reshape needs only the last of them.
  if (producer?.op === 'Reshape') return graph.emit('Reshape', [producer.inputs[0], graph.ints(to)], { allowzero: 1 });
  return graph.emit('Reshape', [name, graph.ints(to)], { allowzero: 1 });
}

function reshapeBytes(graph: GraphBuilder, view: LazyView, shape: readonly number[]): LazyView {
  return directView(reshapeNode(graph, materialise(graph, view), view.shape, shape), shape, view.dtype);
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || values[i - 1] < value);
}

/** Whether source axes follow one another, axes of size 1 aside. */
function areAdjacent(axes: readonly number[], sourceShape: readonly number[]): boolean {
  return axes.every((axis, i) => {
    if (i === 0) return true;
    if (axis <= axes[i - 1]) return false;
    return sourceShape.slice(axes[i - 1] + 1, axis).every((n) => n === 1);
  });
}

/** The finest runs of axes with equal products on both sides of a reshape. */
function reshapeGroups(from: readonly number[], to: readonly number[]): { from: number[]; to: number[] }[] | undefined {
  const groups: { from: number[]; to: number[] }[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const group = { from: [] as number[], to: [] as number[] };
    let left = 1;
    let right = 1;
    if (i < from.length) left = from[pushed(group.from, i++)];
    if (j < to.length) right = to[pushed(group.to, j++)];
    while (left !== right) {
      if (left < right) {
        if (i >= from.length) return undefined;
        left *= from[pushed(group.from, i++)];
      } else {
        if (j >= to.length) return undefined;
        right *= to[pushed(group.to, j++)];
      }
    }
    groups.push(group);
  }
  return groups;
}

function pushed(list: number[], value: number): number {
  list.push(value);
  return value;
}
