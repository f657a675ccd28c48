import type { Quantization } from './model.ts';
import type { Convert, Step } from './step.ts';

/** Two values, the smaller one spread over the larger. */
function binary(name: 'Add' | 'Mul'): Convert {
  return (step) => {
    const layout = step.layout(0, 1);
    const made = step.graph.op(
      name,
      [0, 1].map((i) => step.graph.as(layout, step.input(i))),
    );
    step.give(step.activated(made, step.operator.options?.byte(0) ?? 0), layout);
  };
}

function unary(name: 'Sigmoid' | 'Relu' | 'HardSwish'): Convert {
  return (step) => {
    const layout = step.layout(0);
    step.give(step.graph.op(name, [step.graph.as(layout, step.input(0))]), layout);
  };
}

export const add: Convert = binary('Add');
export const multiply: Convert = binary('Mul');
export const logistic: Convert = unary('Sigmoid');
export const relu: Convert = unary('Relu');
export const hardSwish: Convert = unary('HardSwish');

/** `PRELU`: slopes [1, 1, channels]. */
export const prelu: Convert = (step) => {
  step.image(0);
  if (step.tensor(1).shape.length > 4) throw step.refuse(`slopes of ${step.tensor(1).shape.length} axes`);
  step.give(step.graph.op('PRelu', [step.graph.nchw(step.input(0)), step.graph.nchw(step.input(1))]), 'nchw');
};

/** `DEQUANTIZE` of constants: f16 as it is, integers by their scales. */
export const dequantize: Convert = (step) => {
  const constant = step.constant(0);
  const { quantization } = step.tensor(0);
  if (constant.data instanceof Uint16Array) return step.giveConstant(constant);
  if (quantization === undefined || constant.data instanceof Float32Array || constant.data instanceof Int32Array)
    throw step.refuse(`${step.tensor(0).type} without scales`);
  step.giveConstant({ ...constant, data: scaled(step, constant.data, quantization) });
};

/** (q − zero) · scale, each of f32 as TensorFlow Lite computes it. */
function scaled(step: Step, data: Int8Array | Uint8Array, { scales, zeros, axis }: Quantization): Float32Array {
  const { shape } = step.tensor(0);
  const channels = scales.length === 1 ? 1 : shape[axis];
  if (scales.length !== channels) throw step.refuse(`${scales.length} scales for ${channels} channels`);
  const inner = scales.length === 1 ? data.length : shape.slice(axis + 1).reduce((size, n) => size * n, 1);
  return Float32Array.from(data, (q, i) => {
    const channel = Math.floor(i / inner) % channels;
    return (q - (zeros[channel] ?? zeros[0] ?? 0)) * Math.fround(scales[channel]);
  });
}

/** `DENSIFY` of constants: a sparse tensor is read with its zeros. */
export const densify: Convert = (step) => step.giveConstant(step.constant(0));
