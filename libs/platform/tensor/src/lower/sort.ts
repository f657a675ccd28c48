import { sizeOf } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { directView, materialise, type LazyView } from './lazy-view.ts';
import { cast, isFloat, type Lowering } from './primitive.ts';

/**
 * Ascending along the last axis: the n smallest of n, sorted. Where values are equal the first comes first, so it is
 * stable.
 */
export const sort: Lowering = ({ graph, inputs }) => [ascending(graph, inputs[0]).values];

/** jax-js `argsort`: sorted values and i32 positions. */
export const argsort: Lowering = ({ graph, inputs }) => {
  const { values, positions } = ascending(graph, inputs[0]);
  return [values, positions];
};

function ascending(graph: GraphBuilder, view: LazyView): { values: LazyView; positions: LazyView } {
  const { shape, dtype } = view;
  if (sizeOf(shape) === 0)
    return { values: view, positions: directView(graph.constant('int32', shape, new Int32Array(0)), shape, 'int32') };
  const wide = cast(graph, view, isFloat(dtype) ? dtype : 'int64');
  const [values, positions] = graph.emitMany(
    'TopK',
    [materialise(graph, wide), graph.ints([shape[shape.length - 1]])],
    2,
    { axis: -1, largest: 0, sorted: 1 },
  );
  return {
    values: cast(graph, directView(values, shape, wide.dtype), dtype),
    positions: cast(graph, directView(positions, shape, 'int64'), 'int32'),
  };
}
