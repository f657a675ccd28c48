import type { Convert } from './step.ts';

/** Where an axis of [batch, height, width, channels] lies channels first. */
const AXIS_IN_NCHW = [0, 2, 3, 1];
const NCHW = [0, 3, 1, 2];

/** `RESHAPE`: values keep their order channels last. */
export const reshape: Convert = (step) => {
  const { graph } = step;
  step.give(graph.op('Reshape', [graph.nhwc(step.input(0)), graph.ints(step.outputShape)]), 'nhwc');
};

/** `PAD`: zeros before and behind each axis. */
export const pad: Convert = (step) => {
  const { graph } = step;
  const amounts = step.ints(1);
  if (amounts.length !== 2 * step.tensor(0).shape.length) throw step.refuse(`${amounts.length} amounts`);
  const layout = step.tensor(0).shape.length === 4 ? 'nchw' : 'nhwc';
  const axes = layout === 'nchw' ? NCHW : step.tensor(0).shape.map((_, axis) => axis);
  const pads = graph.ints([0, 1].flatMap((side) => axes.map((axis) => amounts[2 * axis + side])));
  step.give(graph.op('Pad', [graph.as(layout, step.input(0)), pads]), layout);
};

/** `CONCATENATION` along one axis. */
export const concatenation: Convert = (step) => {
  const { graph, options } = step;
  if (options.byte(1) !== 0) throw step.refuse(`the fused activation ${options.byte(1)}`);
  const rank = step.outputShape.length;
  const axis = step.axis(options.int(0), rank);
  const inputs = step.operator.inputs.map((_, i) => i);
  const layout = step.layout(...inputs);
  const parts = inputs.map((i) => graph.as(layout, step.input(i)));
  step.give(graph.op('Concat', parts, { axis: layout === 'nchw' ? AXIS_IN_NCHW[axis] : axis }), layout);
};

/** `MEAN` over axes; over height and width of an image most often. */
export const mean: Convert = (step) => {
  const { graph, options } = step;
  const rank = step.tensor(0).shape.length;
  const axes = step.ints(1).map((axis) => step.axis(axis, rank));
  const keeps = options.byte(0) !== 0;
  const layout = keeps ? step.layout(0) : 'nhwc';
  const reduced = graph.ints(layout === 'nchw' ? axes.map((axis) => AXIS_IN_NCHW[axis]) : axes);
  const made = graph.op('ReduceMean', [graph.as(layout, step.input(0)), reduced], { keepdims: keeps ? 1 : 0 });
  step.give(made, layout);
};

/** `RESIZE_BILINEAR` to the size of the result. */
export const resizeBilinear: Convert = (step) => {
  const { graph, options } = step;
  step.image(0);
  const [batch, height, width, channels] = step.outputImage;
  const mode = options.byte(2) !== 0 ? 'align_corners' : options.byte(3) !== 0 ? 'half_pixel' : 'asymmetric';
  const size = graph.ints([batch, channels, height, width]);
  const made = graph.op('Resize', [graph.nchw(step.input(0)), '', '', size], {
    mode: 'linear',
    coordinate_transformation_mode: mode,
  });
  step.give(made, 'nchw');
};

/** `DEPTH_TO_SPACE`: channels become blocks of pixels, the block's rows first. */
export const depthToSpace: Convert = (step) => {
  const { graph, options } = step;
  step.image(0);
  const made = graph.op('DepthToSpace', [graph.nchw(step.input(0))], { blocksize: options.int(0), mode: 'DCR' });
  step.give(made, 'nchw');
};

/** `STRIDED_SLICE` with constant bounds; the masks say which bounds are the ends of an axis, and which axes go. */
export const stridedSlice: Convert = (step) => {
  const { graph, options } = step;
  const { shape } = step.tensor(0);
  const bounds = [1, 2, 3].map((i) => step.ints(i));
  if (bounds.some((list) => list.length !== shape.length)) throw step.refuse(`bounds for another number of axes`);
  const [begin, end, strides] = bounds;
  const [beginMask, endMask, ellipsisMask, newAxisMask, shrinkMask] = [0, 1, 2, 3, 4].map((field) =>
    options.int(field),
  );
  if (ellipsisMask !== 0 || newAxisMask !== 0 || strides.some((stride) => stride < 1))
    throw step.refuse('an ellipsis, a new axis or a step backwards');
  const has = (mask: number, axis: number): boolean => ((mask >> axis) & 1) === 1;
  const starts = begin.map((at, axis) => (has(beginMask, axis) ? 0 : at));
  const ends = end.map((at, axis) => {
    if (has(shrinkMask, axis)) return begin[axis] === -1 ? shape[axis] : begin[axis] + 1;
    return has(endMask, axis) ? shape[axis] : at;
  });
  const axes = graph.ints(begin.map((_, axis) => axis));
  const inputs = [graph.nhwc(step.input(0)), graph.ints(starts), graph.ints(ends), axes, graph.ints(strides)];
  step.give(graph.op('Reshape', [graph.op('Slice', inputs), graph.ints(step.outputShape)]), 'nhwc');
};
