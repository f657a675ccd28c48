import type { Jaxpr } from '@jax-js/jax';
import { ONNX_DTYPES, type OnnxDtype } from '../onnx-proto.ts';
import { TensorError } from '../tensor-error.ts';
import { castView } from './elementwise.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { LazyView } from './lazy-view.ts';

/** One equation of a Jaxpr. */
export type Equation = Jaxpr['eqns'][number];

/** What a lowering gets: the equation, its operands as views, and the types of its results. */
export interface PrimitiveCall {
  readonly graph: GraphBuilder;
  readonly inputs: readonly LazyView[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly outputs: readonly { shape: readonly number[]; dtype: OnnxDtype }[];
  readonly primitive: string;
  /** Where in the user's code it was called, for messages. */
  readonly position: () => string;
}

/** Turns one primitive into nodes or into a change of view. */
export type Lowering = (call: PrimitiveCall) => LazyView[];

const WIDTHS: readonly OnnxDtype[] = ['bool', 'uint32', 'int32', 'float16', 'float32', 'float64'];

/** The jax-js dtype of an atom as an ONNX element type. */
export function elementType(dtype: string): OnnxDtype {
  const found = WIDTHS.find((known) => known === dtype);
  if (found === undefined)
    throw new TensorError({
      code: 'tensor.unsupported-primitive',
      where: 'lower.dtype',
      expected: `one of ${WIDTHS.join(', ')}`,
      got: dtype,
    });
  return found;
}

/** Whether arithmetic on the type is in floating point. */
export function isFloat(dtype: OnnxDtype): boolean {
  return dtype === 'float16' || dtype === 'float32' || dtype === 'float64';
}

/** Cast a view to another element type. */
export function cast(graph: GraphBuilder, view: LazyView, dtype: OnnxDtype): LazyView {
  return castView(graph, view, dtype, ONNX_DTYPES[dtype]);
}

/** The wider of two element types, along jax-js's lattice bool, u32, i32, f16, f32, f64. */
export function widest(dtypes: readonly OnnxDtype[]): OnnxDtype {
  return WIDTHS[Math.max(...dtypes.map((dtype) => WIDTHS.indexOf(dtype)))];
}

/** A list of integers out of a primitive's parameters. */
export function intsOf(call: PrimitiveCall, key: string): number[] {
  const value = call.params[key];
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (list.every((item) => typeof item === 'number')) return list;
  throw unsupported(call, `${key} = ${JSON.stringify(value)}`);
}

/** A list of pairs out of a primitive's parameters. */
export function pairsOf(call: PrimitiveCall, key: string): [number, number][] {
  const value = call.params[key];
  if (Array.isArray(value))
    return value.map((pair: unknown) => (Array.isArray(pair) ? [Number(pair[0]), Number(pair[1])] : [NaN, NaN]));
  throw unsupported(call, `${key} = ${JSON.stringify(value)}`);
}

/** The error for a primitive, or a form of one, that has no lowering. */
export function unsupported(call: PrimitiveCall, form: string): TensorError {
  const shapes = call.inputs.map((view) => `[${view.shape.join(', ')}]`).join(', ');
  return new TensorError({
    code: 'tensor.unsupported-primitive',
    where: `lower.${call.primitive}`,
    expected: 'a form with an ONNX lowering',
    got: `${form} on ${shapes}${call.position()}`,
    remedy: 'express the model without it or add a lowering',
  });
}
