import { scatterAdd } from './gather.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { directView, materialise, transposeView, type LazyView } from './lazy-view.ts';
import { intsOf, type Lowering } from './primitive.ts';

/** jax-js `pool`: windows of the last axes, [..., spatial…] to [..., places…, window…]. */
export const pool: Lowering = (call) => {
  const { graph, outputs } = call;
  const [window, strides] = [intsOf(call, 'window'), intsOf(call, 'strides')];
  const lead = call.inputs[0].shape.length - window.length;
  let view = call.inputs[0];
  for (const [i, size] of window.entries()) {
    // Each spatial axis becomes two: places and window.
    const axis = lead + 2 * i;
    const places = outputs[0].shape[lead + i];
    const name = graph.emit('Gather', [materialise(graph, view), windowIndices(graph, places, size, strides[i])], {
      axis,
    });
    view = directView(name, [...view.shape.slice(0, axis), places, size, ...view.shape.slice(axis + 1)], view.dtype);
  }
  return [transposeView(view, windowsLast(lead, window.length))];
};

/** jax-js `pool_transpose`: the gradient of `pool`; where windows overlap, values add up. */
export const poolTranspose: Lowering = (call) => {
  const { graph, outputs } = call;
  const [window, strides] = [intsOf(call, 'window'), intsOf(call, 'strides')];
  const shape = outputs[0].shape;
  const lead = shape.length - window.length;
  const last = windowsLast(lead, window.length);
  let view = transposeView(
    call.inputs[0],
    last.map((_, d) => last.indexOf(d)),
  );
  for (let i = window.length - 1; i >= 0; i--) {
    const axis = lead + 2 * i;
    const [places, size] = [view.shape[axis], view.shape[axis + 1]];
    const rest = view.shape.map((_, d) => d).filter((d) => d !== axis && d !== axis + 1);
    const front: LazyView = transposeView(view, [axis, axis + 1, ...rest]);
    const positions = graph.emit('Unsqueeze', [windowIndices(graph, places, size, strides[i]), graph.ints([2])]);
    const frontShape = [shape[lead + i], ...rest.map((d) => view.shape[d])];
    const summed = directView(
      scatterAdd(graph, frontShape, positions, materialise(graph, front), view.dtype),
      frontShape,
      view.dtype,
    );
    view = transposeView(summed, [
      ...frontShape.map((_, d) => d).slice(1, axis + 1),
      0,
      ...frontShape.map((_, d) => d).slice(axis + 1),
    ]);
  }
  return [view];
};

/** i64 [places, size]: which element of the axis each element of a window is. */
function windowIndices(graph: GraphBuilder, places: number, size: number, stride: number): string {
  const indices = BigInt64Array.from({ length: places * size }, (_, i) =>
    BigInt(Math.floor(i / size) * stride + (i % size)),
  );
  return graph.constant('int64', [places, size], indices);
}

/** [lead…, place, window, place, window, …] to [lead…, places…, windows…]. */
function windowsLast(lead: number, count: number): number[] {
  const pairs = Array.from({ length: count }, (_, i) => lead + 2 * i);
  return [...Array.from({ length: lead }, (_, d) => d), ...pairs, ...pairs.map((axis) => axis + 1)];
}
