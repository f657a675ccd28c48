import type * as tf from '@tensorflow/tfjs-core';
import { ONNX_DTYPES, type OnnxAttribute, type OnnxNode } from '../onnx-proto.ts';

/** TensorFlow.js: any of its packages. */
export type TensorFlow = Pick<
  typeof tf,
  | 'abs'
  | 'add'
  | 'asin'
  | 'atan'
  | 'broadcastTo'
  | 'cast'
  | 'ceil'
  | 'concat'
  | 'cos'
  | 'div'
  | 'equal'
  | 'erf'
  | 'exp'
  | 'floor'
  | 'floorDiv'
  | 'gather'
  | 'gatherND'
  | 'less'
  | 'lessEqual'
  | 'log'
  | 'logicalAnd'
  | 'logicalNot'
  | 'logicalOr'
  | 'logicalXor'
  | 'matMul'
  | 'max'
  | 'maximum'
  | 'mean'
  | 'min'
  | 'minimum'
  | 'mod'
  | 'mul'
  | 'neg'
  | 'pad'
  | 'pow'
  | 'prod'
  | 'reciprocal'
  | 'reshape'
  | 'reverse'
  | 'scalar'
  | 'scatterND'
  | 'sign'
  | 'sin'
  | 'slice'
  | 'softmax'
  | 'split'
  | 'sqrt'
  | 'sub'
  | 'sum'
  | 'tensor'
  | 'tensorScatterUpdate'
  | 'topk'
  | 'transpose'
  | 'unstack'
  | 'where'
  | 'tidy'
  | 'stack'
  | 'isNaN'
  | 'square'
  | 'isInf'
>;

/** One node at work: operands, and those of them that are constants as numbers. */
export interface Operands {
  readonly node: OnnxNode;
  readonly inputs: readonly tf.Tensor[];
  /** The i-th operand as numbers: shapes, axes, bounds. Only constants have them. */
  numbers(i: number): number[];
}

type Operator = (engine: TensorFlow, operands: Operands) => tf.Tensor | tf.Tensor[];

/** The operators that lowering emits, in TensorFlow.js's words. u32, i64 and bits have no words there. */
export const TENSORFLOW_OPERATORS: Readonly<Record<string, Operator>> = {
  Identity: (t, { inputs }) => t.reshape(inputs[0], inputs[0].shape),
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Pow: binary('pow'),
  Div: (t, { inputs: [a, b] }) =>
    a.dtype === 'int32' ? t.mul(t.mul(t.sign(a), t.sign(b)), t.floorDiv(t.abs(a), t.abs(b))) : t.div(a, b),
  // The remainder keeps the sign of the numerator; TensorFlow's that of the denominator.
  Mod: (t, { inputs: [a, b] }) => t.mul(t.sign(a), t.mod(t.abs(a), t.abs(b))),
  Max: (t, { inputs: [a, b] }) => t.maximum(a, b),
  Min: (t, { inputs: [a, b] }) => t.minimum(a, b),
  And: (t, { inputs: [a, b] }) => t.logicalAnd(a, b),
  Or: (t, { inputs: [a, b] }) => t.logicalOr(a, b),
  Xor: (t, { inputs: [a, b] }) => t.logicalXor(a, b),
  Less: (t, { inputs: [a, b] }) => t.less(a, b),
  LessOrEqual: (t, { inputs: [a, b] }) => t.lessEqual(a, b),
  Equal: (t, { inputs: [a, b] }) =>
    a.dtype === 'bool' ? t.equal(t.cast(a, 'int32'), t.cast(b, 'int32')) : t.equal(a, b),
  Where: (t, { inputs: [c, a, b] }) => t.where(t.cast(c, 'bool'), a, b),
  ...Object.fromEntries(
    (
      [
        'neg',
        'reciprocal',
        'sqrt',
        'exp',
        'log',
        'sin',
        'cos',
        'asin',
        'atan',
        'erf',
        'floor',
        'ceil',
        'abs',
        'sign',
      ] as const
    ).map((name) => [name[0].toUpperCase() + name.slice(1), unary(name)]),
  ),
  Not: (t, { inputs }) => t.logicalNot(inputs[0]),
  IsNaN: (t, { inputs }) => t.isNaN(inputs[0]),
  IsInf: (t, { inputs }) => t.isInf(inputs[0]),
  Cast: (
    t,
    {
      inputs: [x],
      node: {
        attributes: { to },
      },
    },
  ) => {
    if (to === ONNX_DTYPES.float16) return roundToFloat16(t, x);
    if (to === ONNX_DTYPES.bfloat16) return nearest(t, x, 16);
    return t.cast(x, to === ONNX_DTYPES.bool ? 'bool' : to === ONNX_DTYPES.float32 ? 'float32' : 'int32');
  },
  ReduceSum: reduce('sum'),
  ReduceMax: reduce('max'),
  ReduceMin: reduce('min'),
  ReduceProd: reduce('prod'),
  Gemm: (t, { inputs, node }) => {
    const product = t.matMul(inputs[0], inputs[1], node.attributes.transA === 1, node.attributes.transB === 1);
    return inputs[2] === undefined ? product : t.add(product, inputs[2]);
  },
  MatMul: (t, { inputs }) => t.matMul(inputs[0], inputs[1]),
  Reshape: (t, { inputs, numbers }) => t.reshape(inputs[0], numbers(1)),
  Transpose: (t, { inputs, node }) => t.transpose(inputs[0], ints(node.attributes.perm)),
  Expand: (t, { inputs, numbers }) => t.broadcastTo(inputs[0], numbers(1)),
  Unsqueeze: (t, { inputs, numbers }) => t.reshape(inputs[0], inputs[0].shape.toSpliced(numbers(1)[0], 0, 1)),
  Concat: (t, { inputs, node }) => t.concat([...inputs], Number(node.attributes.axis)),
  Split: (t, { inputs, node, numbers }) => t.split(inputs[0], numbers(1), Number(node.attributes.axis)),
  Pad: (t, { inputs, numbers }) => {
    const pads = numbers(1);
    return t.pad(
      inputs[0],
      inputs[0].shape.map((_, d) => [pads[d], pads[d + pads.length / 2]] as [number, number]),
    );
  },
  Slice: (t, { inputs, numbers }) => {
    const [x] = inputs;
    const [starts, ends, axes] = [numbers(1), numbers(2), numbers(3)];
    // Lowering slices backwards only to flip whole axes.
    if (inputs[4] !== undefined) return t.reverse(x, axes);
    const begin = x.shape.map((_, d) => (axes.includes(d) ? starts[axes.indexOf(d)] : 0));
    return t.slice(
      x,
      begin,
      x.shape.map((n, d) => (axes.includes(d) ? ends[axes.indexOf(d)] : n) - begin[d]),
    );
  },
  Gather: (t, { inputs, node }) => t.gather(inputs[0], t.cast(inputs[1], 'int32'), Number(node.attributes.axis)),
  GatherND: (t, { inputs }) => t.gatherND(inputs[0], t.cast(inputs[1], 'int32')),
  ScatterND: (t, { inputs: [base, positions, updates], node }) =>
    node.attributes.reduction === 'add'
      ? t.add(base, t.scatterND(t.cast(positions, 'int32'), updates, base.shape))
      : t.tensorScatterUpdate(base, t.cast(positions, 'int32'), updates),
  TopK: (t, { inputs, numbers }) => {
    // The largest of the negative: TensorFlow knows no smallest.
    const { values, indices } = t.topk(t.neg(inputs[0]), numbers(1)[0], true);
    return [t.neg(values), indices];
  },
  Softmax: (t, { inputs }) => t.softmax(inputs[0], -1),
  Gelu: (t, { inputs: [x] }) => t.mul(t.mul(x, 0.5), t.add(t.erf(t.mul(x, Math.SQRT1_2)), 1)),
  LayerNormalization: (t, { inputs: [x, gain, bias], node }) => {
    const centred = t.sub(x, t.mean(x, -1, true));
    const epsilon = (node.attributes.epsilon as { float: number }).float;
    const normal = t.div(centred, t.sqrt(t.add(t.mean(t.square(centred), -1, true), epsilon)));
    return bias === undefined ? t.mul(normal, gain) : t.add(t.mul(normal, gain), bias);
  },
  Conv: (t, operands) => convolve(t, operands),
};

function unary(
  name:
    | 'neg'
    | 'reciprocal'
    | 'sqrt'
    | 'exp'
    | 'log'
    | 'sin'
    | 'cos'
    | 'asin'
    | 'atan'
    | 'erf'
    | 'floor'
    | 'ceil'
    | 'abs'
    | 'sign',
): Operator {
  return (t, { inputs }) => t[name](inputs[0]);
}

function binary(name: 'add' | 'sub' | 'mul' | 'pow'): Operator {
  return (t, { inputs }) => t[name](inputs[0], inputs[1]);
}

function reduce(name: 'sum' | 'max' | 'min' | 'prod'): Operator {
  return (t, { inputs, numbers, node }) => t[name](inputs[0], numbers(1), node.attributes.keepdims === 1);
}

/**
 * Windows gathered into columns and one product for each group: TensorFlow's own has no groups, and no stride beside a
 * dilation.
 */
function convolve(t: TensorFlow, { inputs: [x, w], node }: Operands): tf.Tensor {
  const { strides, dilations, pads, kernel_shape: kernel, group } = node.attributes;
  const [batch, channels, ...spatial] = x.shape;
  const [filters] = w.shape;
  const groups = Number(group);
  const rank = spatial.length;
  const padding = ints(pads);
  const padded = t.pad(x, [
    [0, 0],
    [0, 0],
    ...spatial.map((_, d) => [padding[d], padding[d + rank]] as [number, number]),
  ]);
  const sizes = padded.shape.slice(2);
  const out = sizes.map(
    (n, d) => Math.floor((n - ints(dilations)[d] * (ints(kernel)[d] - 1) - 1) / ints(strides)[d]) + 1,
  );
  const window = product(ints(kernel));
  const columns = new Int32Array(window * product(out));
  for (let i = 0; i < columns.length; i++) {
    let [at, place, tap] = [0, i % product(out), Math.floor(i / product(out))];
    for (let d = rank - 1, stride = 1; d >= 0; d--) {
      at += stride * ((place % out[d]) * ints(strides)[d] + (tap % ints(kernel)[d]) * ints(dilations)[d]);
      stride *= sizes[d];
      place = Math.floor(place / out[d]);
      tap = Math.floor(tap / ints(kernel)[d]);
    }
    columns[i] = at;
  }
  const gathered = t.gather(
    t.reshape(padded, [batch, channels, product(sizes)]),
    t.tensor(columns, [columns.length], 'int32'),
    2,
  );
  const perGroup = t.reshape(gathered, [batch, groups, (channels / groups) * window, product(out)]);
  const weights = t.reshape(w, [1, groups, filters / groups, (channels / groups) * window]);
  return t.reshape(t.matMul(weights, perGroup), [batch, filters, ...out]);
}

/** f32 without its `bits` last bits (Veltkamp 1968): TensorFlow.js has no type of 16 bits. */
function nearest(t: TensorFlow, x: tf.Tensor, bits: number): tf.Tensor {
  const wide = t.mul(x, 2 ** bits + 1);
  return t.where(t.less(t.abs(x), 2 ** 100), t.sub(wide, t.sub(wide, x)), x);
}

/** What f16 holds of f32: 11 bits, steps of 2^-24 near zero, infinity from 65520 on. */
function roundToFloat16(t: TensorFlow, x: tf.Tensor): tf.Tensor {
  const size = t.abs(x);
  // f32 between a half and one has steps of 2^-24 too.
  const small = t.sub(t.add(x, 0.75), 0.75);
  return t.where(t.less(size, 2 ** -14), small, t.where(t.less(size, 65520), nearest(t, x, 13), t.div(x, 0)));
}

function ints(value: OnnxAttribute): number[] {
  return [...(value as readonly number[])];
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
