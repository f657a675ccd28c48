import { ONNX_DTYPES, type OnnxDtype } from '../onnx-proto.ts';
import { sizeOf } from '../tensor.ts';
import { bitcast, bitCombine, bitCount, bitShift, randomBits, unsigned } from './bits.ts';
import { conv } from './conv.ts';
import { dot } from './dot.ts';
import { nary, reduce, unary } from './elementwise.ts';
import { fft } from './fourier.ts';
import { gather, scatter } from './gather.ts';
import {
  broadcastView,
  directView,
  materialise,
  reshapeView,
  sameView,
  transposeView,
  type LazyView,
} from './lazy-view.ts';
import { pool, poolTranspose } from './pool.ts';
import { cast, intsOf, isFloat, pairsOf, unsupported, widest, type Lowering, type PrimitiveCall } from './primitive.ts';
import { argsort, sort } from './sort.ts';

/**
 * Every jax-js primitive that has a meaning in ONNX, by name. Decompositions (Cholesky, LU, eigenvalues, triangular
 * systems) have none.
 */
export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  add: ({ graph, inputs, outputs }) => {
    const { shape, dtype } = outputs[0];
    if (dtype === 'bool') return [nary(graph, 'Or', inputs, shape, dtype)];
    if (dtype === 'uint32') return [unsigned(graph, 'Add', inputs, shape)];
    const [x, y] = inputs.map((view) => cast(graph, view, dtype));
    // x + (-y) is x - y exactly, and one node less.
    const minusY = graph.producer(y.name);
    if (minusY?.op === 'Neg') return [nary(graph, 'Sub', [x, sameView(y, minusY.inputs[0])], shape, dtype)];
    const minusX = graph.producer(x.name);
    if (minusX?.op === 'Neg') return [nary(graph, 'Sub', [y, sameView(x, minusX.inputs[0])], shape, dtype)];
    return [nary(graph, 'Add', [x, y], shape, dtype)];
  },
  mul: (call) => {
    const { graph, inputs, outputs } = call;
    const { shape, dtype } = outputs[0];
    if (dtype === 'uint32') return [unsigned(graph, 'Mul', inputs, shape)];
    // x (1 / y) over a full y is one pass as a division; a small y is better inverted once.
    for (const [x, y] of [inputs, [...inputs].reverse()]) {
      const inverse = graph.producer(y.name);
      if (
        inverse?.op !== 'Reciprocal' ||
        sizeOf(y.sourceShape) !== sizeOf(shape) ||
        sizeOf(shape) === 1 ||
        x.dtype !== y.dtype
      )
        continue;
      return [nary(graph, 'Div', [x, sameView(y, inverse.inputs[0])], shape, dtype)];
    }
    return arithmetic('Mul', 'And')(call);
  },
  max: arithmetic('Max', 'Or'),
  min: arithmetic('Min', 'And'),
  idiv: (call) => {
    if (call.outputs[0].dtype === 'uint32') return [unsigned(call.graph, 'Div', call.inputs, call.outputs[0].shape)];
    const [result] = arithmetic('Div')(call);
    return isFloat(result.dtype) ? [truncate(call, result)] : [result];
  },
  mod: ({ graph, inputs, outputs }) => {
    const { shape, dtype } = outputs[0];
    const [x, y] = inputs.map((view) => cast(graph, view, dtype));
    const [a, b] = [x, y].map((view) => materialise(graph, broadcastTo(view, shape)));
    // fmod 1 keeps the sign of the numerator, as jax-js does.
    return [directView(graph.emit('Mod', [a, b], { fmod: 1 }), shape, dtype)];
  },
  neg: (call) => {
    const { graph, inputs, outputs } = call;
    const { shape, dtype } = outputs[0];
    if (dtype !== 'uint32') return [unary(graph, 'Neg', inputs[0])];
    return [unsigned(graph, 'Sub', [directView(graph.scalar(0, dtype), [], dtype), inputs[0]], shape)];
  },
  reciprocal: elementwise('Reciprocal'),
  sqrt: elementwise('Sqrt'),
  exp: elementwise('Exp'),
  log: elementwise('Log'),
  sin: elementwise('Sin'),
  cos: elementwise('Cos'),
  asin: elementwise('Asin'),
  atan: elementwise('Atan'),
  erf: elementwise('Erf'),
  floor: elementwise('Floor'),
  ceil: elementwise('Ceil'),
  erfc: ({ graph, inputs, outputs }) => {
    const { shape, dtype } = outputs[0];
    const one = directView(graph.scalar(1, dtype), [], dtype);
    return [nary(graph, 'Sub', [one, unary(graph, 'Erf', inputs[0])], shape, dtype)];
  },
  stop_gradient: ({ inputs }) => [inputs[0]],
  cast: ({ graph, inputs, outputs }) => [cast(graph, inputs[0], outputs[0].dtype)],
  compare: (call) => {
    const { graph, outputs } = call;
    const { shape } = outputs[0];
    const dtype = widest(call.inputs.map((view) => view.dtype));
    const isEquality = call.params.op === 'equal' || call.params.op === 'not_equal';
    // ONNX Runtime orders neither bool nor u32.
    const ordered = dtype === 'bool' ? (isEquality ? 'bool' : 'int32') : dtype === 'uint32' ? 'int64' : dtype;
    const inputs = call.inputs.map((view) => cast(graph, view, ordered));
    switch (call.params.op) {
      case 'less':
        return [nary(graph, 'Less', inputs, shape, 'bool')];
      case 'less_equal':
        return [nary(graph, 'LessOrEqual', inputs, shape, 'bool')];
      case 'equal':
        return [nary(graph, 'Equal', inputs, shape, 'bool')];
      case 'not_equal':
        return [unary(graph, 'Not', nary(graph, 'Equal', inputs, shape, 'bool'))];
      default:
        throw unsupported(call, `op = ${String(call.params.op)}`);
    }
  },
  where: ({ graph, inputs, outputs }) => {
    const { shape, dtype } = outputs[0];
    const computed: OnnxDtype = dtype === 'bool' ? 'int32' : dtype === 'uint32' ? 'int64' : dtype;
    const [condition, x, y] = inputs;
    const choice = nary(
      graph,
      'Where',
      [condition, cast(graph, x, computed), cast(graph, y, computed)],
      shape,
      computed,
    );
    return [cast(graph, choice, dtype)];
  },
  reduce: (call) => {
    const { graph, outputs } = call;
    const { dtype } = outputs[0];
    const op = { Add: 'ReduceSum', Max: 'ReduceMax', Min: 'ReduceMin', Mul: 'ReduceProd' }[String(call.params.op)];
    if (op === undefined) throw unsupported(call, `op = ${String(call.params.op)}`);
    const axes = intsOf(call, 'axis');
    if (sizeOf(call.inputs[0].shape) === 0) return [emptyReduction(call, op)];
    if (dtype === 'uint32')
      return [cast(graph, reduce(graph, op, cast(graph, call.inputs[0], 'int64'), axes), 'uint32')];
    if (dtype !== 'bool') return [reduce(graph, op, call.inputs[0], axes)];
    const boolOp = op === 'ReduceSum' || op === 'ReduceMax' ? 'ReduceMax' : 'ReduceMin';
    return [cast(graph, reduce(graph, boolOp, cast(graph, call.inputs[0], 'int32'), axes), 'bool')];
  },
  dot: ({ graph, inputs, outputs }) => {
    const { shape, dtype } = outputs[0];
    const [x, y] = inputs.map((view) => cast(graph, view, dtype));
    return [dot(graph, x, y, shape)];
  },
  conv,
  gather,
  scatter,
  pool,
  pool_transpose: poolTranspose,
  sort,
  argsort,
  fft,
  bit_combine: bitCombine,
  bit_shift: bitShift,
  bit_count: bitCount,
  bitcast,
  random_bits: randomBits,
  transpose: (call) => [transposeView(call.inputs[0], intsOf(call, 'perm'))],
  broadcast: (call) => [broadcastView(call.inputs[0], call.outputs[0].shape, intsOf(call, 'axis'))],
  reshape: (call) => [reshapeView(call.graph, call.inputs[0], call.outputs[0].shape)],
  concatenate: (call) => {
    const { graph, inputs, outputs } = call;
    const { shape, dtype } = outputs[0];
    const [axis] = intsOf(call, 'axis');
    // jax-js joins eight at a time: what was joined before is not copied again.
    const names = inputs.flatMap((view) => {
      const name = materialise(graph, cast(graph, view, dtype));
      const joined = graph.producer(name);
      return joined?.op === 'Concat' && joined.attributes.axis === axis ? joined.inputs : [name];
    });
    return [directView(graph.emit('Concat', names, { axis }), shape, dtype)];
  },
  split: (call) => {
    const { graph, inputs, outputs } = call;
    const sizes = graph.ints(intsOf(call, 'sizes'));
    const names = graph.emitMany('Split', [materialise(graph, inputs[0]), sizes], outputs.length, {
      axis: intsOf(call, 'axis')[0],
    });
    return outputs.map(({ shape, dtype }, i) => directView(names[i], shape, dtype));
  },
  pad: (call) => {
    const { graph, inputs, outputs } = call;
    const width = pairsOf(call, 'width');
    const pads = graph.ints([...width.map(([before]) => before), ...width.map(([, after]) => after)]);
    return throughInt32(call, inputs[0], (name) => graph.emit('Pad', [name, pads]), outputs[0].shape);
  },
  shrink: (call) => {
    const { graph, inputs, outputs } = call;
    const { shape, dtype } = outputs[0];
    const slice = pairsOf(call, 'slice');
    const axes = slice.map((_, d) => d).filter((d) => slice[d][0] !== 0 || slice[d][1] !== inputs[0].shape[d]);
    const bounds = [axes.map((d) => slice[d][0]), axes.map((d) => slice[d][1]), axes].map((list) => graph.ints(list));
    return [directView(graph.emit('Slice', [materialise(graph, inputs[0]), ...bounds]), shape, dtype)];
  },
  flip: (call) => {
    const { graph, inputs, outputs } = call;
    const { shape, dtype } = outputs[0];
    const axes = intsOf(call, 'axis');
    const all = (value: number) => graph.ints(axes.map(() => value));
    // Slice counts -1 from the end, so the bound before the first element is a number below any size.
    const operands = [materialise(graph, inputs[0]), all(-1), all(-(2 ** 31)), graph.ints(axes), all(-1)];
    return [directView(graph.emit('Slice', operands), shape, dtype)];
  },
};

/** A unary operator. */
function elementwise(op: string): Lowering {
  return ({ graph, inputs }) => [unary(graph, op, inputs[0])];
}

/** A binary operator on the promoted type, with the operator that stands for it on bool. */
function arithmetic(op: string, boolOp: string = op): Lowering {
  return ({ graph, inputs, outputs }) => {
    const { shape, dtype } = outputs[0];
    return [
      nary(
        graph,
        dtype === 'bool' ? boolOp : op,
        inputs.map((view) => cast(graph, view, dtype)),
        shape,
        dtype,
      ),
    ];
  };
}

/**
 * What is left of no elements: the operation's neutral value. ONNX Runtime reduces empty axes for some operators only.
 */
function emptyReduction({ graph, outputs }: PrimitiveCall, op: string): LazyView {
  const { shape, dtype } = outputs[0];
  const lowest = isFloat(dtype) ? -Infinity : dtype === 'int32' ? -(2 ** 31) : 0;
  const highest = isFloat(dtype) ? Infinity : dtype === 'int32' ? 2 ** 31 - 1 : dtype === 'bool' ? 1 : 2 ** 32 - 1;
  const neutral = { ReduceSum: 0, ReduceProd: 1, ReduceMax: lowest, ReduceMin: highest }[op] ?? 0;
  return broadcastView(
    directView(graph.scalar(neutral, dtype), [], dtype),
    shape,
    shape.map((_, d) => d),
  );
}

function truncate({ graph }: PrimitiveCall, view: LazyView): LazyView {
  const sign = graph.emit('Sign', [view.name]);
  const size = graph.emit('Floor', [graph.emit('Abs', [view.name])]);
  return sameView(view, graph.emit('Mul', [sign, size]));
}

function broadcastTo(view: LazyView, shape: readonly number[]): LazyView {
  const added = shape.length - view.shape.length;
  return broadcastView(view, shape, shape.map((_, d) => d).slice(0, added));
}

/** Run an operator that ONNX Runtime does not have for bool or u32 on i32. */
function throughInt32(
  { graph }: PrimitiveCall,
  view: LazyView,
  run: (name: string) => string,
  shape: readonly number[],
): LazyView[] {
  const wide: OnnxDtype = view.dtype === 'bool' || view.dtype === 'uint32' ? 'int32' : view.dtype;
  const name = run(materialise(graph, cast(graph, view, wide)));
  const result = wide === view.dtype ? name : graph.emit('Cast', [name], { to: ONNX_DTYPES[view.dtype] });
  return [directView(result, shape, view.dtype)];
}
