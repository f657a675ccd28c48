import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { lax, numpy as np, random } from '@jax-js/jax';
import { describe, expect, test } from 'vitest';
import { compile, createRng, tensor, type Tensor } from '../src/index.ts';
import { LOWERINGS } from '../src/lower/lowerings.ts';
import { forwardError, gradientError, relativeError, type Case } from './against-jax.ts';

const rng = createRng('primitives');
const normal = (...shape: number[]) => rng.normal(shape);
const words = (...shape: number[]): Tensor<Uint32Array> => ({
  shape,
  data: Uint32Array.from(rng.uniform([shape.reduce((a, b) => a * b, 1)]).data, (x) => Math.floor(x * 2 ** 32)),
});
const signed = (...shape: number[]): Tensor<Int32Array> => ({ shape, data: Int32Array.from(words(...shape).data) });
const ints = (bound: number, ...shape: number[]) => rng.integers(shape, bound);

/** Decompositions: no sequence of ONNX operators is one. */
const WITHOUT_MEANING = ['triangular_solve', 'cholesky', 'lu', 'jacobi_eigh'];

test('every primitive of the installed jax-js is lowered or known to have no meaning in ONNX', () => {
  const declarations = readFileSync(
    new URL('index.d.ts', `file://${createRequire(import.meta.url).resolve('@jax-js/jax')}`),
    'utf8',
  );
  const body = /declare enum Primitive \{([\s\S]*?)\n\}/.exec(declarations)![1];
  const primitives = [...body.matchAll(/= "(\w+)"/g)].map((match) => match[1]);
  expect(primitives.length).toBeGreaterThan(45);
  // Calls are inlined before lowering.
  const expected = primitives.filter((name) => name !== 'jit' && !WITHOUT_MEANING.includes(name)).sort();
  expect(Object.keys(LOWERINGS).sort()).toEqual(expected);
});

const cases: Case[] = [
  { name: 'sort', f: (x) => np.sort(x, 1), inputs: [normal(3, 7, 2)] },
  { name: 'sort of i32', f: (x) => np.sort(x), inputs: [signed(4, 9)], grads: 0 },
  { name: 'sort of u32', f: (x) => np.sort(x), inputs: [words(4, 9)], grads: 0 },
  {
    name: 'argsort, first comes first where values are equal',
    f: (x) => np.argsort(x),
    inputs: [ints(3, 4, 20)],
    grads: 0,
  },
  { name: 'argsort along the first axis', f: (x) => np.argsort(x, 0), inputs: [normal(5, 3)], grads: 0 },
  { name: 'the k largest', f: (x) => lax.topK(x, 3)[0], inputs: [normal(4, 9)] },
  ...[1, 2, 8, 15, 64, 125, 128, 131, 360].map((n) => ({
    name: `FFT of length ${n}`,
    f: (x: np.Array, y: np.Array) => amplitudes(np.fft.fft({ real: x, imag: y })),
    inputs: [normal(2, n), normal(2, n)],
  })),
  {
    name: 'inverse FFT along the first axis',
    f: (x, y) => amplitudes(np.fft.ifft({ real: x, imag: y }, 0)),
    inputs: [normal(12, 3), normal(12, 3)],
  },
  { name: 'FFT of real values in two dimensions', f: (x) => amplitudes(np.fft.rfft2(x)), inputs: [normal(6, 8)] },
  {
    name: 'bitwise and, or, exclusive or on u32',
    f: (x, y) => np.bitwiseXor(np.bitwiseAnd(x.ref, y.ref), np.bitwiseOr(x, y)),
    inputs: [words(30), words(30)],
    grads: 0,
  },
  { name: 'bitwise on i32', f: (x, y) => np.bitwiseOr(np.invert(x), y), inputs: [signed(30), signed(30)], grads: 0 },
  { name: 'left shift', f: (x, y) => np.leftShift(x, y), inputs: [words(40), ints(32, 40)], grads: 0 },
  { name: 'right shift', f: (x, y) => np.rightShift(x, y), inputs: [signed(4, 10), ints(32, 10)], grads: 0 },
  { name: 'number of bits', f: (x) => np.bitwiseCount(x), inputs: [words(50)], grads: 0 },
  { name: 'f32 as bits', f: (x) => lax.bitcastConvertType(x, 'uint32' as never), inputs: [normal(30)], grads: 0 },
  {
    name: 'bits as f32',
    f: (x) => lax.bitcastConvertType(x, 'float32' as never),
    inputs: [{ shape: [4], data: Uint32Array.of(0x3f800000, 0xc0490fdb, 1, 0x7f7fffff) }],
    grads: 0,
  },
  {
    name: 'u32 adds, multiplies and divides modulo 2^32',
    f: (x, y) => x.ref.add(y.ref).mul(x.ref.add(7)).add(np.floorDivide(x, y)),
    inputs: [words(50), words(50)],
    grads: 0,
  },
  {
    name: 'u32 sums and compares',
    f: (x, y) => np.where(x.ref.less(y.ref), x.ref, y.neg()).add(x.sum(0)),
    inputs: [words(20), words(20)],
    grads: 0,
  },
  { name: 'pool', f: (x) => lax.reduceWindow(x, (w) => w.sum(), [3, 2], [2, 1]), inputs: [normal(9, 8)] },
  { name: 'pool of maxima', f: (x) => lax.reduceWindow(x, (w) => w.max(), [2, 2], [2, 2]), inputs: [normal(3, 8, 8)] },
  { name: 'convolution of two variables', f: (x, y) => np.convolve(x, y), inputs: [normal(9), normal(4)] },
  {
    name: 'transposed convolution',
    f: (x, w) => lax.convTranspose(x, w, [2, 2], 'SAME'),
    inputs: [normal(1, 3, 5, 5), normal(2, 3, 3, 3)],
  },
];

describe('primitives agree with jax-js', () => {
  test.each(cases)('$name', async ({ f, inputs, grads = inputs.length }) => {
    expect(await forwardError(f, inputs, 'op by op')).toBeLessThan(2e-6);
    if (grads > 0) expect(await gradientError(f, inputs, grads, 'op by op')).toBeLessThan(1e-5);
  });
});

test.each(
  cases.filter(({ name }) =>
    ['sort', 'argsort along the first axis', 'bitwise on i32', 'number of bits'].includes(name),
  ),
)('$name of nothing is nothing', async ({ f, inputs }) => {
  const empty = inputs.map(({ shape, data }) => ({ shape: shape.with(0, 0), data: data.slice(0, 0) }));
  const program = await compile(f as (...args: np.Array[]) => np.Array, empty as Tensor[]);
  expect((await program.run(...(empty as Tensor[]))).data.length).toBe(0);
});

test('draws inside a program are those of jax-js to the bit, and follow the key', async () => {
  const draw = (key: np.Array) => ({
    uniform: random.uniform(key.ref, [3, 50]),
    bits: random.bits(key.ref, [7]),
    split: random.split(key, 3),
  });
  const program = await compile(draw, [tensor([2], new Uint32Array(2))]);
  for (const seed of [1, 77]) {
    const got = await program.run(tensor([2], Uint32Array.of(0, seed)));
    const want = draw(random.key(seed));
    expect(got.uniform.data).toEqual(await want.uniform.data());
    expect(got.bits.data).toEqual(await want.bits.data());
    expect(got.split.data).toEqual(await want.split.data());
  }
});

test('normal draws inside a program are those of jax-js', async () => {
  const program = await compile((key) => random.normal(key, [200]), [tensor([2], new Uint32Array(2))]);
  const { data } = await program.run(tensor([2], Uint32Array.of(0, 5)));
  expect(relativeError(data, await random.normal(random.key(5), [200]).data())).toBeLessThan(1e-5);
});

/** One real number of a complex one, such that neither part hides. */
function amplitudes({ real, imag }: { real: np.Array; imag: np.Array }): np.Array {
  return real.add(imag.mul(1.5));
}
