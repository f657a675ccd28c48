import { writeTflite, type NetworkSpec, type OperatorSpec, type Table, type TensorSpec } from './tflite-writer.ts';

/** A network of one operator, or of one behind the constants it needs. */
export interface OperatorCase {
  readonly name: string;
  readonly network: NetworkSpec;
}

const SAME = 0;
const VALID = 1;
const RELU = 1;
const RELU6 = 3;

/** Numbers that are no round ones, the same each time. */
export function wave(count: number, seed = 1, scale = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i + seed) * scale);
}

const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
const weights = (shape: readonly number[], seed = 2): TensorSpec => ({ shape, data: wave(size(shape), seed) });
const ints = (values: readonly number[]): TensorSpec => ({
  shape: [values.length],
  type: 2,
  data: Int32Array.from(values),
});
const byte = (i8: number) => ({ i8 });
const int = (i32: number) => ({ i32 });

/** One operator on an input, with constants behind it. */
function one(
  name: string,
  operator: Pick<OperatorSpec, 'code' | 'version' | 'options' | 'custom' | 'customOptions'>,
  { input, output, constants = [] }: { input: readonly number[]; output: readonly number[]; constants?: TensorSpec[] },
): OperatorCase {
  const tensors = [{ shape: input }, { shape: output }, ...constants];
  const inputs = [0, ...constants.map((_, i) => i + 2)];
  return { name, network: { tensors, operators: [{ ...operator, inputs, outputs: [1] }], inputs: [0], outputs: [1] } };
}

function convolution(padding: number, stride: [number, number], dilation: number, activation = 0): Table {
  return {
    0: byte(padding),
    1: int(stride[1]),
    2: int(stride[0]),
    3: byte(activation),
    4: int(dilation),
    5: int(dilation),
  };
}

const convolutions: OperatorCase[] = [
  one(
    'CONV_2D, SAME, stride 2, an even side, ReLU6',
    { code: 3, options: [1, convolution(SAME, [2, 2], 1, RELU6)] },
    { input: [1, 6, 8, 3], output: [1, 3, 4, 5], constants: [weights([5, 3, 3, 3]), weights([5], 3)] },
  ),
  one(
    'CONV_2D, VALID, strides 1 and 2, kernel 2 x 3',
    { code: 3, options: [1, convolution(VALID, [1, 2], 1)] },
    { input: [1, 5, 7, 2], output: [1, 4, 3, 4], constants: [weights([4, 2, 3, 2]), weights([4], 3)] },
  ),
  one(
    'CONV_2D, SAME, dilation 2, ReLU',
    { code: 3, options: [1, convolution(SAME, [1, 1], 2, RELU)] },
    { input: [1, 6, 7, 2], output: [1, 6, 7, 3], constants: [weights([3, 3, 3, 2]), weights([3], 3)] },
  ),
  one(
    'DEPTHWISE_CONV_2D, SAME, stride 2, kernel 5',
    {
      code: 4,
      options: [2, { 0: byte(SAME), 1: int(2), 2: int(2), 3: int(1), 4: byte(0), 5: int(1), 6: int(1) }],
    },
    { input: [1, 7, 8, 4], output: [1, 4, 4, 4], constants: [weights([1, 5, 5, 4]), weights([4], 3)] },
  ),
  one(
    'DEPTHWISE_CONV_2D with two outputs a channel',
    {
      code: 4,
      options: [2, { 0: byte(VALID), 1: int(1), 2: int(1), 3: int(2), 4: byte(RELU), 5: int(1), 6: int(1) }],
    },
    { input: [1, 5, 6, 3], output: [1, 3, 4, 6], constants: [weights([1, 3, 3, 6]), weights([6], 3)] },
  ),
  one(
    'FULLY_CONNECTED',
    { code: 9, options: [8, { 0: byte(0) }] },
    { input: [1, 7], output: [1, 5], constants: [weights([5, 7]), weights([5], 3)] },
  ),
  one(
    'Convolution2DTransposeBias',
    {
      code: 32,
      custom: 'Convolution2DTransposeBias',
      customOptions: new Uint8Array(Int32Array.of(1, 2, 2).buffer),
    },
    { input: [1, 3, 4, 3], output: [1, 6, 8, 2], constants: [weights([2, 2, 2, 3]), weights([2], 3)] },
  ),
];

const pooling = (padding: number): Table => ({
  0: byte(padding),
  1: int(2),
  2: int(2),
  3: int(3),
  4: int(3),
  5: byte(0),
});
const pools: OperatorCase[] = [17, 1].flatMap((code) =>
  [SAME, VALID].map((padding) =>
    one(
      `${code === 17 ? 'MAX_POOL_2D' : 'AVERAGE_POOL_2D'}, ${padding === SAME ? 'SAME' : 'VALID'}`,
      { code, options: [5, pooling(padding)] },
      { input: [1, 6, 7, 2], output: padding === SAME ? [1, 3, 4, 2] : [1, 2, 3, 2] },
    ),
  ),
);

const image = [1, 4, 5, 3] as const;
const elementwise: OperatorCase[] = [
  one(
    'ADD of a constant a channel, ReLU',
    { code: 0, options: [11, { 0: byte(RELU) }] },
    {
      input: image,
      output: image,
      constants: [weights([3])],
    },
  ),
  one(
    'MUL of a constant',
    { code: 18, options: [21, { 0: byte(0) }] },
    {
      input: image,
      output: image,
      constants: [weights(image)],
    },
  ),
  one('LOGISTIC', { code: 14 }, { input: image, output: image }),
  one('RELU', { code: 19 }, { input: image, output: image }),
  one('HARD_SWISH', { code: 117 }, { input: image, output: image }),
  one('PRELU', { code: 54 }, { input: image, output: image, constants: [weights([1, 1, 3])] }),
];

const shapes: OperatorCase[] = [
  one(
    'RESHAPE',
    { code: 22, options: [17, { 0: { ints: [1, 10, 6] } }] },
    {
      input: image,
      output: [1, 10, 6],
      constants: [ints([1, 10, 6])],
    },
  ),
  one(
    'PAD of rows, columns and channels',
    { code: 34 },
    {
      input: image,
      output: [1, 7, 7, 5],
      constants: [{ ...ints([0, 0, 1, 2, 0, 2, 0, 2]), shape: [4, 2] }],
    },
  ),
  one(
    'CONCATENATION along channels',
    { code: 2, options: [10, { 0: int(3), 1: byte(0) }] },
    {
      input: image,
      output: [1, 4, 5, 5],
      constants: [weights([1, 4, 5, 2])],
    },
  ),
  one(
    'CONCATENATION along the second of three axes',
    { code: 2, options: [10, { 0: int(1), 1: byte(0) }] },
    {
      input: [1, 3, 2],
      output: [1, 5, 2],
      constants: [weights([1, 2, 2])],
    },
  ),
  one(
    'MEAN over height and width',
    { code: 40, options: [27, { 0: byte(0) }] },
    {
      input: image,
      output: [1, 3],
      constants: [ints([1, 2])],
    },
  ),
  one(
    'MEAN that keeps its axes',
    { code: 40, options: [27, { 0: byte(1) }] },
    {
      input: image,
      output: [1, 1, 1, 3],
      constants: [ints([1, 2])],
    },
  ),
  ...(['asymmetric', 'half pixel', 'aligned corners'] as const).map((mode) =>
    one(
      `RESIZE_BILINEAR, ${mode}`,
      {
        code: 23,
        version: 3,
        options: [15, { 2: byte(mode === 'aligned corners' ? 1 : 0), 3: byte(mode === 'half pixel' ? 1 : 0) }],
      },
      { input: image, output: [1, 7, 10, 3], constants: [ints([7, 10])] },
    ),
  ),
  one('DEPTH_TO_SPACE', { code: 5, options: [94, { 0: int(2) }] }, { input: [1, 2, 3, 8], output: [1, 4, 6, 2] }),
  one(
    'STRIDED_SLICE with masks and steps',
    {
      code: 45,
      options: [32, { 0: int(0b0011), 1: int(0b1001), 2: int(0), 3: int(0), 4: int(0) }],
    },
    {
      input: image,
      output: [1, 2, 2, 2],
      constants: [ints([0, 9, 1, 1]), ints([0, 3, 5, 0]), ints([1, 2, 2, 1])],
    },
  ),
  one(
    'STRIDED_SLICE that drops an axis',
    {
      code: 45,
      options: [32, { 0: int(0b1101), 1: int(0b1101), 2: int(0), 3: int(0), 4: int(0b0010) }],
    },
    { input: image, output: [1, 5, 3], constants: [ints([0, 2, 0, 0]), ints([0, 3, 0, 0]), ints([1, 1, 1, 1])] },
  ),
];

/** A constant that is computed from a stored one, and added to the input. */
function added(name: string, operator: Pick<OperatorSpec, 'code' | 'version'>, stored: TensorSpec): OperatorCase {
  const { shape } = stored;
  return {
    name,
    network: {
      tensors: [{ shape }, { shape }, stored, { shape, type: operator.code === 124 ? (stored.type ?? 0) : 0 }],
      operators: [
        { ...operator, inputs: [2], outputs: [3] },
        { code: 0, options: [11, { 0: byte(0) }], inputs: [0, 3], outputs: [1] },
      ],
      inputs: [0],
      outputs: [1],
    },
  };
}

/** Two of three blocks of 1 x 4 a row are stored: the last axis goes in blocks, whose columns are compressed. */
const blocked: TensorSpec = {
  shape: [2, 12],
  data: wave(12, 4),
  sparsity: {
    0: { ints: [0, 1, 2] },
    1: { ints: [1] },
    2: {
      tables: [
        { 0: byte(0), 1: int(2) },
        {
          0: byte(1),
          2: byte(1),
          3: { table: { 0: { ints: [0, 2, 3] } } },
          4: byte(1),
          5: { table: { 0: { ints: [0, 2, 1] } } },
        },
        { 0: byte(0), 1: int(4) },
      ],
    },
  },
};

const constants: OperatorCase[] = [
  added(
    'DEQUANTIZE of f16',
    { code: 6, version: 3 },
    {
      shape: [2, 5],
      type: 1,
      data: new Uint16Array(Float16Array.from(wave(10, 5)).buffer),
    },
  ),
  added(
    'DEQUANTIZE of i8',
    { code: 6, version: 2 },
    {
      shape: [2, 5],
      type: 9,
      data: Int8Array.from(wave(10, 6, 127)),
      quantization: { scales: [0.03], zeros: [5], axis: 0 },
    },
  ),
  added('DENSIFY of blocks', { code: 124 }, blocked),
];

/** The operators of TensorFlow Lite, in forms that the networks use and some more. */
export const OPERATOR_CASES: readonly OperatorCase[] = [
  ...convolutions,
  ...pools,
  ...elementwise,
  ...shapes,
  ...constants,
];

/** The file of a case, and what goes into its network. */
export function operatorCase({ network }: OperatorCase): { bytes: Uint8Array; input: Float32Array; shape: number[] } {
  const shape = [...network.tensors[network.inputs[0]].shape];
  return { bytes: writeTflite(network), input: wave(size(shape), 1, 4), shape };
}
