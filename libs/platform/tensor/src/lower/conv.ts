import { sizeOf } from '../tensor.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { directView, materialise, reshapeNode, reshapeView, transposeView } from './lazy-view.ts';
import { cast, intsOf, pairsOf, type Lowering } from './primitive.ts';

/**
 * jax-js `conv`: lhs [V…, N, C, spatial…], rhs [V…, O, C, kernel…] with strides, padding (negative trims) and dilation
 * of either side. Mapped axes V become groups of an ONNX Conv; a dilated left side (the gradient of a strided
 * convolution) is written out with zeros between its elements.
 */
export const conv: Lowering = (call) => {
  const { graph, outputs } = call;
  const { shape, dtype } = outputs[0];
  const [lhs, rhs] = call.inputs.map((view) => cast(graph, view, dtype));
  const [vmapDims] = intsOf(call, 'vmapDims');
  const mapped = lhs.shape.slice(0, vmapDims);
  const groups = sizeOf(mapped);
  const [batch, channels, ...spatial] = lhs.shape.slice(vmapDims);
  const [filters, , ...kernel] = rhs.shape.slice(vmapDims);

  // [V, N, C, …] to [N, V C, …]: one group for each element of V.
  const axes = lhs.shape.map((_, d) => d);
  const batchFirst = [vmapDims, ...axes.slice(0, vmapDims), ...axes.slice(vmapDims + 1)];
  let x = materialise(
    graph,
    reshapeView(graph, transposeView(lhs, batchFirst), [batch, groups * channels, ...spatial]),
  );
  const w = materialise(graph, reshapeView(graph, rhs, [groups * filters, channels, ...kernel]));

  const dilated = dilate(graph, x, [batch, groups * channels], spatial, intsOf(call, 'lhsDilation'));
  x = dilated.name;
  const padding = pairsOf(call, 'padding');
  const trimmed = trim(graph, x, dilated.spatial, padding);
  const y = graph.emit('Conv', [trimmed, w], {
    strides: intsOf(call, 'strides'),
    dilations: intsOf(call, 'rhsDilation'),
    pads: [...padding.map(([before]) => Math.max(before, 0)), ...padding.map(([, after]) => Math.max(after, 0))],
    kernel_shape: kernel,
    group: groups,
  });
  const out = shape.slice(vmapDims + 2);
  const result = directView(
    reshapeNode(graph, y, [batch, groups * filters, ...out], [batch, ...mapped, filters, ...out]),
    [batch, ...mapped, filters, ...out],
    dtype,
  );
  return [transposeView(result, [...mapped.map((_, i) => i + 1), 0, ...axes.slice(vmapDims + 1)])];
};

/** Put `dilation - 1` zeros between neighbours along each spatial axis. */
function dilate(
  graph: GraphBuilder,
  name: string,
  lead: readonly number[],
  spatial: readonly number[],
  dilation: readonly number[],
): { name: string; spatial: number[] } {
  let sizes = [...spatial];
  let current = name;
  dilation.forEach((step, i) => {
    if (step === 1) return;
    const shape = [...lead, ...sizes];
    const axis = lead.length + i;
    const split = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
    const pads = [...split.map(() => 0), ...split.map((_, d) => (d === axis + 1 ? step - 1 : 0))];
    const padded = graph.emit('Pad', [reshapeNode(graph, current, shape, split), graph.ints(pads)]);
    const merged = shape.with(axis, shape[axis] * step);
    const flat = graph.emit('Reshape', [padded, graph.ints(merged)]);
    const size = (sizes[i] - 1) * step + 1;
    current = graph.emit('Slice', [flat, graph.ints([0]), graph.ints([size]), graph.ints([axis])]);
    sizes = sizes.with(i, size);
  });
  return { name: current, spatial: sizes };
}

/** Negative padding, which ONNX Conv does not have. */
function trim(
  graph: GraphBuilder,
  name: string,
  spatial: readonly number[],
  padding: readonly (readonly [number, number])[],
): string {
  const axes = spatial.map((_, i) => i).filter((i) => padding[i][0] < 0 || padding[i][1] < 0);
  if (axes.length === 0) return name;
  const starts = axes.map((i) => Math.max(-padding[i][0], 0));
  const ends = axes.map((i) => spatial[i] - Math.max(-padding[i][1], 0));
  return graph.emit('Slice', [name, graph.ints(starts), graph.ints(ends), graph.ints(axes.map((i) => i + 2))]);
}
