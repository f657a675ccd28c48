import { transposed, type Constant } from '../constant.ts';
import type { Convert, Step } from './step.ts';

/** What the options of a convolution say; sides are height, width. */
interface Convolution {
  readonly padding: number;
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly activation: number;
  readonly groups: number;
}

/** `CONV_2D`: weights [out, height, width, in]. */
export const conv2d: Convert = (step) => {
  const { options } = step;
  const weights = transposed(step.weights(1, 4), [0, 3, 1, 2]);
  convolve(step, weights, {
    padding: options.byte(0),
    strides: [options.int(2), options.int(1)],
    activation: options.byte(3),
    dilations: [options.int(5, 1), options.int(4, 1)],
    groups: step.image(0)[3] / weights.shape[1],
  });
};

/** `DEPTHWISE_CONV_2D`: weights [1, height, width, in · multiplier]. */
export const depthwiseConv2d: Convert = (step) => {
  const { options } = step;
  convolve(step, transposed(step.weights(1, 4), [3, 0, 1, 2]), {
    padding: options.byte(0),
    strides: [options.int(2), options.int(1)],
    activation: options.byte(4),
    dilations: [options.int(6, 1), options.int(5, 1)],
    groups: step.image(0)[3],
  });
};

/** @param weights [out, in / groups, height, width] */
function convolve(step: Step, weights: Constant, convolution: Convolution): void {
  const { padding, strides, dilations, activation, groups } = convolution;
  const kernel = weights.shape.slice(2);
  if (!Number.isInteger(groups)) throw step.refuse(`weights for ${weights.shape[1]} of ${step.image(0)[3]} channels`);
  const { graph } = step;
  const inputs = [graph.nchw(step.input(0)), graph.weights(weights)];
  if (step.has(2)) inputs.push(graph.weights(step.weights(2, 1)));
  const made = graph.op('Conv', inputs, {
    kernel_shape: kernel,
    strides,
    dilations,
    group: groups,
    pads: step.pads(padding, kernel, strides, [...dilations]),
  });
  step.give(step.activated(made, activation), 'nchw');
}

/** `FULLY_CONNECTED`: weights [out, in]. */
export const fullyConnected: Convert = (step) => {
  const { graph, options } = step;
  const weights = step.weights(1, 2);
  const rows = graph.op('Reshape', [graph.nhwc(step.input(0)), graph.ints([-1, weights.shape[1]])]);
  const inputs = [rows, graph.weights(weights)];
  if (step.has(2)) inputs.push(graph.weights(step.weights(2, 1)));
  const made = step.activated(graph.op('Gemm', inputs, { transB: 1 }), options.byte(0));
  step.give(graph.op('Reshape', [made, graph.ints(step.outputShape)]), 'nhwc');
};

/** `MAX_POOL_2D` and `AVERAGE_POOL_2D`; zeros around the image count for neither. */
function pool(name: 'MaxPool' | 'AveragePool'): Convert {
  return (step) => {
    const { graph, options } = step;
    const strides = [options.int(2), options.int(1)];
    const kernel = [options.int(4), options.int(3)];
    const pads = step.pads(options.byte(0), kernel, strides);
    const made = graph.op(name, [graph.nchw(step.input(0))], { kernel_shape: kernel, strides, pads });
    step.give(step.activated(made, options.byte(5)), 'nchw');
  };
}

export const maxPool: Convert = pool('MaxPool');
export const averagePool: Convert = pool('AveragePool');
