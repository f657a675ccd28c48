import { sizeOf } from '../tensor.ts';
import { bytesOf, type GraphBuilder } from './graph-builder.ts';
import { directView, materialise, reshapeNode } from './lazy-view.ts';
import { cast, intsOf, unsupported, type Lowering } from './primitive.ts';

/** Up to this length one product with the matrix of the transform is as fast as anything. */
const DENSE = 64;
/** A prime factor needs a square matrix of its size. */
const MAX_PRIME = 4096;

/** Real and imaginary part of a value [rows, n], by the name of each in the graph. */
interface Complex {
  readonly real: string;
  readonly imag: string;
}

/**
 * jax-js `fft` along the last axis: X[k] = Σ_j x[j] exp(∓2πi jk/n), divided by n for the inverse. Made of products with
 * constant matrices (Cooley and Tukey 1965), so that it runs on every provider and its error is that of a product:
 * ONNX's own DFT has kernels for the processor only.
 */
export const fft: Lowering = (call) => {
  const { graph, inputs, outputs } = call;
  const { shape } = outputs[0];
  const n = shape[shape.length - 1];
  if (sizeOf(shape) === 0) return [...inputs];
  const largest = Math.max(1, ...intsOf(call, 'factors'));
  if (largest > MAX_PRIME)
    throw unsupported(call, `a length of ${n} with the prime factor ${largest}, at most ${MAX_PRIME}`);
  const rows = sizeOf(shape) / n;
  const [real, imag] = inputs.map((view) =>
    reshapeNode(graph, materialise(graph, cast(graph, view, 'float32')), shape, [rows, n]),
  );
  const sign = call.params.inverse === true ? 1 : -1;
  const result = transform(graph, { real, imag }, rows, n, sign);
  const scale = graph.scalar(call.params.inverse === true ? 1 / n : 1, 'float32');
  return [result.real, result.imag].map((name, i) => {
    const scaled = call.params.inverse === true ? graph.emit('Mul', [name, scale]) : name;
    return cast(graph, directView(reshapeNode(graph, scaled, [rows, n], shape), shape, 'float32'), outputs[i].dtype);
  });
};

/**
 * [rows, n] to [rows, n]. With n = a b and j = b j₁ + j₂, k = k₁ + a k₂: over j₁, a turn of each by exp(±2πi j₂k₁/n),
 * over j₂.
 */
function transform(graph: GraphBuilder, x: Complex, rows: number, n: number, sign: number): Complex {
  const a = n <= DENSE ? n : divisor(n);
  const b = n / a;
  if (b === 1) return product(graph, x, turns(graph, n, n, n, sign));
  const each = (z: Complex, f: (name: string) => string): Complex => ({ real: f(z.real), imag: f(z.imag) });
  // [rows, a, b] to [rows, b, a], transformed along a.
  const columns = each(x, (name) =>
    reshapeNode(
      graph,
      graph.emit('Transpose', [reshapeNode(graph, name, [rows, n], [rows, a, b])], { perm: [0, 2, 1] }),
      [rows, b, a],
      [rows * b, a],
    ),
  );
  const inner = transform(graph, columns, rows * b, a, sign);
  const turned = rotate(
    graph,
    each(inner, (name) => reshapeNode(graph, name, [rows * b, a], [rows, b, a])),
    turns(graph, b, a, n, sign),
  );
  const lines = each(turned, (name) =>
    reshapeNode(graph, graph.emit('Transpose', [name], { perm: [0, 2, 1] }), [rows, a, b], [rows * a, b]),
  );
  const outer = transform(graph, lines, rows * a, b, sign);
  return each(outer, (name) =>
    reshapeNode(
      graph,
      graph.emit('Transpose', [reshapeNode(graph, name, [rows * a, b], [rows, a, b])], { perm: [0, 2, 1] }),
      [rows, b, a],
      [rows, n],
    ),
  );
}

/** exp(sign 2πi jk/n) for j < height, k < width. */
function turns(graph: GraphBuilder, height: number, width: number, n: number, sign: number): Complex {
  const part = (f: (angle: number) => number) => {
    // The angle is taken modulo a full turn in integers: that keeps it exact.
    const data = Float32Array.from({ length: height * width }, (_, i) =>
      f((sign * 2 * Math.PI * ((Math.floor(i / width) * (i % width)) % n)) / n),
    );
    return graph.table(`turn ${f.name} ${sign} ${n}`, 'float32', [height, width], bytesOf(data));
  };
  return { real: part(Math.cos), imag: part(Math.sin) };
}

function product(graph: GraphBuilder, x: Complex, matrix: Complex): Complex {
  return combine(graph, 'MatMul', x, matrix);
}

function rotate(graph: GraphBuilder, x: Complex, by: Complex): Complex {
  return combine(graph, 'Mul', x, by);
}

function combine(graph: GraphBuilder, op: 'MatMul' | 'Mul', x: Complex, y: Complex): Complex {
  return {
    real: graph.emit('Sub', [graph.emit(op, [x.real, y.real]), graph.emit(op, [x.imag, y.imag])]),
    imag: graph.emit('Add', [graph.emit(op, [x.real, y.imag]), graph.emit(op, [x.imag, y.real])]),
  };
}

/** The divisor of n nearest to its root, above it; n itself when n is prime. */
function divisor(n: number): number {
  let a = Math.ceil(Math.sqrt(n));
  while (n % a !== 0) a++;
  return a;
}
