import { ONNX_DTYPES } from '../onnx-proto.ts';
import { nary, unary } from './elementwise.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { directView, materialise, reshapeView, stretchView, type LazyView } from './lazy-view.ts';
import { cast, unsupported, type Lowering } from './primitive.ts';

/** And, or, exclusive or: of the bits of integers, or of bool. */
export const bitCombine: Lowering = (call) => {
  const { graph, inputs, outputs } = call;
  const { shape, dtype } = outputs[0];
  const name = { and: 'And', or: 'Or', xor: 'Xor' }[String(call.params.op)];
  if (name === undefined) throw unsupported(call, `op = ${String(call.params.op)}`);
  return [
    nary(
      graph,
      dtype === 'bool' ? name : `Bitwise${name}`,
      inputs.map((view) => cast(graph, view, dtype)),
      shape,
      dtype,
    ),
  ];
};

/** Shift by the lower five bits of the second operand; to the right zeros come in, as jax-js has it for i32 too. */
export const bitShift: Lowering = (call) => {
  const { graph, inputs, outputs } = call;
  const { shape, dtype } = outputs[0];
  const [x, by] = inputs.map((view) => cast(graph, view, 'uint32'));
  const masked = nary(graph, 'BitwiseAnd', [by, word(graph, 31)], by.shape, 'uint32');
  const direction = call.params.op === 'shl' ? 'LEFT' : 'RIGHT';
  return [cast(graph, nary(graph, 'BitShift', [x, masked], shape, 'uint32', { direction }), dtype)];
};

/** How many bits are 1 (Warren, Hacker's Delight, figure 5-2). */
export const bitCount: Lowering = ({ graph, inputs }) => {
  const and = (x: LazyView, mask: number) => nary(graph, 'BitwiseAnd', [x, word(graph, mask)], x.shape, 'uint32');
  const right = (x: LazyView, by: number) => shift(graph, x, by, 'RIGHT');
  let x = cast(graph, inputs[0], 'uint32');
  x = sum(graph, and(x, 0x55555555), and(right(x, 1), 0x55555555));
  x = sum(graph, and(x, 0x33333333), and(right(x, 2), 0x33333333));
  x = sum(graph, and(x, 0x0f0f0f0f), and(right(x, 4), 0x0f0f0f0f));
  x = sum(graph, and(x, 0x00ff00ff), and(right(x, 8), 0x00ff00ff));
  x = sum(graph, and(x, 0x0000ffff), right(x, 16));
  return [cast(graph, x, 'int32')];
};

/** The same bits as another type of the same width. ONNX has it since operator set 26. */
export const bitcast: Lowering = ({ graph, inputs, outputs }) => {
  const { dtype } = outputs[0];
  if (inputs[0].dtype === dtype) return [inputs[0]];
  graph.requireOpset(26);
  return [{ ...unary(graph, 'BitCast', inputs[0], { to: ONNX_DTYPES[dtype] }), dtype }];
};

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
];

/**
 * jax-js `random_bits`: Threefry-2x32 with twenty rounds (Salmon et al. 2011) on the key and the element's number.
 * Integers only, so that every device and executor draws the same.
 */
export const randomBits: Lowering = (call) => {
  const { graph, outputs, params } = call;
  const { shape } = outputs[0];
  const keyShape = call.inputs[0].shape;
  const drawn = shape.slice(keyShape.length);
  const count = drawn.reduce((product, n) => product * n, 1);
  const [key0, key1] = call.inputs.map((key) => reshapeView(graph, key, [...keyShape, ...drawn.map(() => 1)]));
  const counter = directView(
    graph.constant(
      'uint32',
      drawn,
      Uint32Array.from({ length: count }, (_, i) => i),
    ),
    drawn,
    'uint32',
  );
  const xor = (a: LazyView, b: LazyView) => nary(graph, 'BitwiseXor', [a, b], longer(a, b), 'uint32');
  const keys = [key0, key1, xor(xor(key0, key1), word(graph, 466688986))];
  let x0 = key0;
  let x1 = sum(graph, stretchView(counter, shape), key1);
  for (let group = 0; group < 5; group++) {
    for (const rotation of ROTATIONS[group % 2]) {
      x0 = sum(graph, x0, x1);
      const rotated = nary(
        graph,
        'BitwiseOr',
        [shift(graph, x1, rotation, 'LEFT'), shift(graph, x1, 32 - rotation, 'RIGHT')],
        x1.shape,
        'uint32',
      );
      x1 = xor(rotated, x0);
    }
    x0 = sum(graph, x0, keys[(group + 1) % 3]);
    x1 = sum(graph, sum(graph, x1, keys[(group + 2) % 3]), word(graph, group + 1));
  }
  const result = params.mode === 'xor' ? xor(x0, x1) : params.mode === 0 ? x0 : x1;
  return [directView(materialise(graph, stretchView(result, shape)), shape, 'uint32')];
};

/**
 * Arithmetic on u32, which ONNX Runtime's CPU kernels lack: in i64 and back, which leaves the product, sum or
 * difference modulo 2³².
 *
 * @param op an operator that has an i64 kernel
 */
export function unsigned(
  graph: GraphBuilder,
  op: string,
  views: readonly LazyView[],
  shape: readonly number[],
): LazyView {
  return cast(
    graph,
    nary(
      graph,
      op,
      views.map((view) => cast(graph, view, 'int64')),
      shape,
      'int64',
    ),
    'uint32',
  );
}

/** Sum modulo 2³². */
function sum(graph: GraphBuilder, a: LazyView, b: LazyView): LazyView {
  return unsigned(graph, 'Add', [a, b], longer(a, b));
}

function shift(graph: GraphBuilder, x: LazyView, by: number, direction: 'LEFT' | 'RIGHT'): LazyView {
  return nary(graph, 'BitShift', [x, word(graph, by)], x.shape, 'uint32', { direction });
}

function word(graph: GraphBuilder, value: number): LazyView {
  return directView(graph.scalar(value, 'uint32'), [], 'uint32');
}

/** Shape of a broadcast pair, where one of the two has all axes. */
function longer(a: LazyView, b: LazyView): readonly number[] {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, d) => {
    const [m, n] = [a, b].map((view) => view.shape[d - rank + view.shape.length] ?? 1);
    return m === 1 ? n : m;
  });
}
