import { transposed } from '../constant.ts';
import { FlatBytes } from '../flat-table.ts';
import { readFlexMap } from './flex-map.ts';
import type { Convert, Step } from './step.ts';

/** Of a picture that a matrix samples: each is a row of a table. */
const MOST_PIXELS = 2 ** 16;

/** Options of a custom operator by name. */
interface CustomOptions {
  number(name: string): number;
  list(name: string): readonly number[];
}

function optionsOf(step: Step): CustomOptions {
  const { operator } = step;
  const map = readFlexMap(new FlatBytes(operator.customOptions, operator.custom, 'the options of an operator'));
  const take = (name: string): number | readonly number[] => {
    const value = Object.hasOwn(map, name) ? map[name] : undefined;
    if (value === undefined) throw step.refuse(`options without ${name}`);
    return value;
  };
  return {
    number: (name) => Number(take(name)),
    list: (name) => [take(name)].flat() as readonly number[],
  };
}

/** `Convolution2DTransposeBias`: options are three i32, padding and the strides over width and height. */
export const transposeConvolution: Convert = (step) => {
  const { graph, operator } = step;
  const options = new FlatBytes(operator.customOptions, operator.custom, 'the options of an operator');
  const weights = transposed(step.weights(1, 4), [3, 0, 1, 2]);
  const [, height, width] = step.outputImage;
  const kernel = weights.shape.slice(2);
  const strides = [options.i32(8), options.i32(4)];
  if (strides.some((n) => n < 1)) throw step.refuse(`strides ${strides.join(', ')}`);
  const [, ...sides] = step.image(0).slice(0, 3);
  const full = sides.map((side, i) => (side - 1) * strides[i] + kernel[i]);
  const cut = [full[0] - height, full[1] - width];
  if (cut.some((n) => n < 0)) throw step.refuse(`an output of ${width}x${height}`);
  const made = graph.op(
    'ConvTranspose',
    [graph.nchw(step.input(0)), graph.weights(weights), graph.weights(step.weights(2, 1))],
    { kernel_shape: kernel, strides, pads: [...cut.map((n) => n >> 1), ...cut.map((n) => n - (n >> 1))] },
  );
  step.give(made, 'nchw');
};

/**
 * `Landmarks2TransformMatrix`: of the box around some of a face's points, level with two of them and larger by a
 * factor, the matrix [4, 4] from places of an output picture (columns, rows) to places of the input.
 */
export const landmarksToMatrix: Convert = (step) => {
  const { graph } = step;
  const options = optionsOf(step);
  const points = graph.op('Slice', [graph.nhwc(step.input(0)), graph.ints([0]), graph.ints([2]), graph.ints([2])]);
  const pick = (indices: readonly number[]): string => graph.op('Gather', [points, graph.ints(indices)], { axis: 1 });
  const across = graph.op('Sub', [
    pick([options.number('right_rotation_idx')]),
    pick([options.number('left_rotation_idx')]),
  ]);
  const right = graph.op('Div', [across, graph.op('ReduceL2', [across, graph.ints([2])], { keepdims: 1 })]);
  const down = graph.op('MatMul', [right, graph.floats([0, 1, -1, 0], [2, 2])]);
  // Rows are the box's axes in the picture.
  const axes = graph.op('Concat', [right, down], { axis: 1 });
  const turned = graph.op('Transpose', [axes], { perm: [0, 2, 1] });
  const local = graph.op('MatMul', [pick(options.list('subset_idxs')), turned]);
  const low = graph.op('ReduceMin', [local, graph.ints([1])], { keepdims: 1 });
  const high = graph.op('ReduceMax', [local, graph.ints([1])], { keepdims: 1 });
  const scale = graph.floats([options.number('scale_x'), options.number('scale_y')], [1, 1, 2]);
  const size = graph.op('Mul', [graph.op('Sub', [high, low]), scale]);
  const half = graph.floats([0.5], [1, 1, 1]);
  const middle = graph.op('Mul', [graph.op('Add', [high, low]), half]);
  const corner = graph.op('Sub', [middle, graph.op('Mul', [size, half])]);
  const origin = graph.op('MatMul', [corner, axes]);
  const pixels = graph.floats([options.number('output_width'), options.number('output_height')], [1, 1, 2]);
  const pixel = graph.op('Transpose', [graph.op('Div', [size, pixels])], { perm: [0, 2, 1] });
  const steps = graph.op('Mul', [axes, pixel]);
  const columns = graph.op('Concat', [steps, graph.floats([0, 0], [1, 1, 2]), origin], { axis: 1 });
  const plane = graph.op('Transpose', [columns], { perm: [0, 2, 1] });
  step.give(graph.op('Concat', [plane, graph.floats([0, 0, 1, 0, 0, 0, 0, 1], [1, 2, 4])], { axis: 1 }), 'nhwc');
};

/** `TransformTensorBilinear`: a picture sampled where a matrix puts the pixels of the output; edges go on. */
export const transformTensor: Convert = (step) => {
  const { graph } = step;
  const options = optionsOf(step);
  const [, inputHeight, inputWidth] = step.image(0);
  const height = options.number('output_height');
  const width = options.number('output_width');
  const isOutput = step.outputImage[1] === height && step.outputImage[2] === width;
  if (!isOutput || height * width > MOST_PIXELS) throw step.refuse(`${width}x${height} pixels`);
  const places = Array.from({ length: height * width }, (_, i) => [i % width, Math.floor(i / width), 0, 1]).flat();
  const matrix = graph.op('Slice', [graph.nhwc(step.input(1)), graph.ints([0]), graph.ints([2]), graph.ints([1])]);
  const turned = graph.op('Transpose', [matrix], { perm: [0, 2, 1] });
  const at = graph.op('MatMul', [graph.floats(places, [1, height * width, 4]), turned]);
  // GridSample wants −1 … 1 from the middle of the first pixel to the middle of the last.
  const span = graph.floats([2 / (inputWidth - 1), 2 / (inputHeight - 1)], [1, 1, 2]);
  const normal = graph.op('Sub', [graph.op('Mul', [at, span]), graph.floats([1], [1, 1, 1])]);
  const grid = graph.op('Reshape', [normal, graph.ints([1, height, width, 2])]);
  const made = graph.op('GridSample', [graph.nchw(step.input(0)), grid], {
    mode: 'bilinear',
    padding_mode: 'border',
    align_corners: 1,
  });
  step.give(made, 'nchw');
};

/** `TransformLandmarks`: points [1, N, 2] of the output picture of such a matrix, in places of the input. */
export const transformLandmarks: Convert = (step) => {
  const { graph } = step;
  const matrix = graph.nhwc(step.input(1));
  const part = (from: readonly number[], to: readonly number[]): string =>
    graph.op('Slice', [matrix, graph.ints(from), graph.ints(to), graph.ints([1, 2])]);
  const turned = ['Transpose', 'Transpose'].map((name, i) =>
    graph.op(name, [i === 0 ? part([0, 0], [2, 2]) : part([0, 3], [2, 4])], { perm: [0, 2, 1] }),
  );
  const moved = graph.op('MatMul', [graph.nhwc(step.input(0)), turned[0]]);
  step.give(graph.op('Add', [moved, turned[1]]), 'nhwc');
};
