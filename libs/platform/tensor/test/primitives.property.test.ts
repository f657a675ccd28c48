import { grad, lax, numpy as np, random } from '@jax-js/jax';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile, createRng, tensor, type Tensor, type TensorData } from '../src/index.ts';
import { LOWERINGS } from '../src/lower/lowerings.ts';
import { specsOf } from '../src/program.ts';
import { trace } from '../src/trace.ts';
import { forwardError, type ArrayFunction } from './against-jax.ts';
import { derivative } from './central-differences.ts';

/** A random instance of a primitive. */
interface Instance {
  readonly f: ArrayFunction;
  readonly inputs: readonly Tensor<TensorData>[];
}

interface Property {
  /** Draws shapes and values; `shape` has axes of 0, 1, 2 and 3. */
  readonly draw: (shape: readonly number[], pick: (below: number) => number) => Instance;
  /** Leading inputs that it has a derivative by, away from corners. */
  readonly grads?: number;
  /** jax-js is wrong on nothing here: products read memory that nobody wrote. Zeros are right. */
  readonly sumsNothing?: boolean;
  /** Where jax-js itself is no nearer to the truth. Default 1e-5. */
  readonly within?: number;
  /** Why no shape has an axis of 0. */
  readonly neverEmpty?: string;
}

const rng = createRng('primitives.property');
const normal = (shape: readonly number[]) => rng.normal(shape);
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
/** Away from 0, where some have no derivative. */
const positive = (shape: readonly number[]): Tensor => ({ shape, data: rng.uniform(shape).data.map((x) => 0.2 + x) });
const within = (shape: readonly number[]): Tensor => ({
  shape,
  data: rng.uniform(shape).data.map((x) => 1.6 * x - 0.8),
});
/** All apart from each other, so that order does not hang on rounding. */
const apart = (shape: readonly number[]): Tensor => ({
  shape,
  data: Float32Array.from({ length: size(shape) }, (_, i) => ((i * 7919) % 101) / 10 - 5 + i * 1e-3),
});
const signed = (shape: readonly number[]): Tensor<Int32Array> => ({
  shape,
  data: rng.integers(shape, 2 ** 31).data.map((x, i) => (i % 2 === 0 ? x : -x)),
});
const words = (shape: readonly number[]): Tensor<Uint32Array> => ({
  shape,
  data: Uint32Array.from(rng.uniform(shape).data, (x) => Math.floor(x * 2 ** 32)),
});
const bools = (shape: readonly number[]): Tensor<Uint8Array> => ({
  shape,
  data: Uint8Array.from(rng.integers(shape, 2).data),
});
const ofType = (type: number, shape: readonly number[]): Tensor<TensorData> =>
  [normal, signed, words, bools][type](shape);
const atLeast = (rank: number, shape: readonly number[]): readonly number[] => [
  ...Array.from({ length: Math.max(0, rank - shape.length) }, () => 2),
  ...shape,
];

/** The shape, or one that broadcasts with it: leading axes left out, others of size 1. */
function broadcasting(shape: readonly number[], pick: (below: number) => number): number[] {
  return shape.slice(pick(shape.length + 1)).map((n) => (pick(3) === 0 ? 1 : n));
}

const unary = (
  f: (x: np.Array) => np.Array,
  values: (shape: readonly number[]) => Tensor<TensorData> = normal,
  grads = 1,
): Property => ({
  grads,
  // Under a transpose and a repeat, which lowering leaves to whoever reads them.
  draw: (shape, pick) => {
    const [turned, repeats] = [pick(2) === 1, pick(3)];
    const seen = (x: np.Array) => {
      const y = turned ? x.transpose() : x;
      return repeats === 0
        ? y
        : np.broadcastTo(np.expandDims(y, 0), [repeats, ...(turned ? [...shape].reverse() : shape)]);
    };
    return { f: (x) => f(seen(x)), inputs: [values(shape)] };
  },
});
const binary = (
  f: (x: np.Array, y: np.Array) => np.Array,
  left: (shape: readonly number[]) => Tensor<TensorData> = normal,
  right = left,
  grads = 2,
): Property => ({
  grads,
  draw: (shape, pick) => {
    const [a, b] = [shape, broadcasting(shape, pick)];
    const swapped = pick(2) === 1;
    return swapped ? { f, inputs: [left(b), right(a)] } : { f, inputs: [left(a), right(b)] };
  },
});
const axisOf = (shape: readonly number[], pick: (below: number) => number) => pick(shape.length);

/** One property for each entry of the lowering table, by its name. */
const PROPERTIES: Readonly<Record<string, Property>> = {
  add: binary((x, y) => x.add(y)),
  mul: binary((x, y) => x.mul(y)),
  max: binary((x, y) => np.maximum(x, y), apart, normal),
  min: binary((x, y) => np.minimum(x, y), apart, normal),
  idiv: {
    draw: (shape, pick) =>
      binary((x, y) => np.floorDivide(x, np.maximum(np.abs(y), 1)), [normal, signed][pick(2)], undefined, 0).draw(
        shape,
        pick,
      ),
  },
  mod: binary((x, y) => x.mod(y), normal, positive, 1),
  neg: {
    ...unary((x) => x.neg(), normal),
    draw: (shape, pick) => unary((x) => x.neg(), [normal, signed, words][pick(3)]).draw(shape, pick),
    grads: 0,
  },
  reciprocal: unary((x) => np.reciprocal(x), positive),
  sqrt: unary((x) => np.sqrt(x), positive),
  exp: unary((x) => np.exp(x)),
  // jax-js's logarithm is off by 1.2e-5, ONNX Runtime's by 1e-7.
  log: { ...unary((x) => np.log(x), positive), within: 2e-5 },
  sin: unary((x) => np.sin(x)),
  cos: unary((x) => np.cos(x)),
  asin: unary((x) => np.asin(x), within),
  atan: unary((x) => np.atan(x)),
  // jax-js's error function is an approximation in f64 too: so are its differences.
  erf: { ...unary((x) => lax.erf(x)), within: 3e-5 },
  erfc: { ...unary((x) => lax.erfc(x)), within: 3e-5 },
  floor: unary((x) => np.floor(x), apart, 0),
  ceil: unary((x) => np.ceil(x), apart, 0),
  stop_gradient: unary((x) => lax.stopGradient(x), normal, 0),
  cast: {
    draw: (shape, pick) => ({
      f: (x) => x.astype([np.float32, np.int32][pick(2)]),
      inputs: [
        [(s: readonly number[]) => normal(s), bools, (s: readonly number[]) => rng.integers(s, 100)][pick(3)](shape),
      ],
    }),
  },
  compare: {
    draw: (shape, pick) => {
      const op = (['less', 'lessEqual', 'equal', 'notEqual'] as const)[pick(4)];
      const values = [
        (s: readonly number[]) => rng.integers(s, 3),
        (s: readonly number[]): Tensor => ({ shape: s, data: Float32Array.from(rng.integers(s, 3).data) }),
        words,
      ][pick(3)];
      return { f: (x, y) => x[op](y).astype(np.int32), inputs: [values(shape), values(broadcasting(shape, pick))] };
    },
  },
  where: {
    draw: (shape, pick) => {
      const type = pick(4);
      return {
        f: (c, x, y) => np.where(c, x, y),
        inputs: [bools(broadcasting(shape, pick)), ofType(type, shape), ofType(type, broadcasting(shape, pick))],
      };
    },
  },
  reduce: {
    grads: 1,
    draw: (given, pick) => {
      const shape = atLeast(1, given);
      const [axis, keepdims] = [axisOf(shape, pick), pick(2) === 1];
      const op = (['sum', 'max', 'min', 'prod'] as const)[shape[axis] === 0 ? 3 * pick(2) : pick(4)];
      const repeated = pick(2) === 1;
      return {
        f: (x) => (repeated ? np.broadcastTo(x, [2, ...shape]) : x)[op](repeated ? [0, axis + 1] : axis, { keepdims }),
        inputs: [op === 'prod' ? positive(shape) : apart(shape)],
      };
    },
  },
  dot: {
    grads: 2,
    sumsNothing: true,
    draw: (shape, pick) => {
      const [inner, columns] = [pick(4), 1 + pick(3)];
      const lead = shape.slice(0, -1);
      const rows = shape.at(-1) ?? 2;
      const batch = pick(2) === 1 ? lead : [];
      // One equation for what jax-js's matmul gets wrong: a matrix times a batch of them.
      return {
        f: (x, y) => np.matmul(x, np.broadcastTo(y, [...lead, inner, columns])),
        inputs: [normal([...lead, rows, inner]), normal([...batch, inner, columns])],
      };
    },
  },
  conv: {
    grads: 2,
    neverEmpty: 'ONNX Runtime has no convolution over nothing, and jax-js no image without pixels',
    draw: (_shape, pick) => {
      const groups = 1 + pick(2);
      const spatial = Array.from({ length: 1 + pick(2) }, () => 3 + pick(3));
      const kernel = spatial.map(() => 1 + pick(3));
      const [batch, inputs, outputs] = [1 + pick(2), groups * (1 + pick(2)), groups * (1 + pick(2))];
      const [strides, rhsDilation] = [spatial.map(() => 1 + pick(2)), spatial.map(() => 1 + pick(2))];
      const padding = spatial.map((): [number, number] => [2 + pick(2), 2]);
      return {
        f: (x, w) => lax.convGeneralDilated(x, w, strides, padding, { rhsDilation, featureGroupCount: groups }),
        inputs: [normal([batch, inputs, ...spatial]), normal([outputs, inputs / groups, ...kernel])],
      };
    },
  },
  gather: {
    grads: 1,
    draw: (given, pick) => {
      const shape = atLeast(1, given).map((n) => Math.max(1, n));
      const axis = axisOf(shape, pick);
      const indices = given.slice(0, 2);
      return { f: (x, i) => np.take(x, i, axis), inputs: [normal(shape), rng.integers(indices, shape[axis])] };
    },
  },
  scatter: {
    // What a gather's derivative is, as a program of its own.
    draw: (given, pick) => {
      const shape = atLeast(1, given).map((n) => Math.max(1, n));
      const axis = axisOf(shape, pick);
      const indices = given.slice(0, 2);
      return {
        f: (x, i, weights) => grad((y: np.Array) => np.take(y, i.ref, axis).mul(weights.ref).sum())(x),
        inputs: [
          normal(shape),
          rng.integers(indices, shape[axis]),
          normal([...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)]),
        ],
      };
    },
  },
  pool: {
    grads: 1,
    neverEmpty: 'a window has at least one element',
    draw: (_shape, pick) => {
      const spatial = [2 + pick(4), 2 + pick(4)];
      return {
        f: (x) =>
          lax.reduceWindow(
            x,
            (w) => w.sum(),
            spatial.map(() => 1 + pick(2)),
            [1 + pick(2), 1 + pick(2)],
          ),
        inputs: [normal(spatial)],
      };
    },
  },
  pool_transpose: {
    neverEmpty: 'as pool',
    draw: (_shape, pick) => {
      const [spatial, window, strides] = [
        [2 + pick(4), 2 + pick(4)],
        [1 + pick(2), 1 + pick(2)],
        [1 + pick(2), 1 + pick(2)],
      ];
      return {
        f: (x) => grad((y: np.Array) => np.square(lax.reduceWindow(y, (w) => w.sum(), window, strides)).sum())(x),
        inputs: [normal(spatial)],
      };
    },
  },
  sort: {
    grads: 1,
    draw: (shape, pick) => ({
      f: (x) => np.sort(x, axisOf(atLeast(1, shape), pick)),
      inputs: [apart(atLeast(1, shape))],
    }),
  },
  argsort: {
    draw: (shape, pick) => ({
      f: (x) => np.argsort(x, axisOf(atLeast(1, shape), pick)),
      inputs: [[apart, (s: readonly number[]) => rng.integers(s, 2)][pick(2)](atLeast(1, shape))],
    }),
  },
  fft: {
    grads: 2,
    neverEmpty: 'there is no transform of length 0',
    draw: (given, pick) => {
      const shape = atLeast(1, given).map((n) => Math.max(1, n + pick(3)));
      const axis = axisOf(shape, pick);
      const op = pick(2) === 0 ? np.fft.fft : np.fft.ifft;
      return {
        f: (x, y) => {
          const { real, imag } = op({ real: x, imag: y }, axis);
          return real.add(imag.mul(1.5));
        },
        inputs: [normal(shape), normal(shape)],
      };
    },
  },
  bit_combine: {
    draw: (shape, pick) =>
      binary(
        ([np.bitwiseAnd, np.bitwiseOr, np.bitwiseXor] as const)[pick(3)] as (x: np.Array, y: np.Array) => np.Array,
        [words, signed][pick(2)],
      ).draw(shape, pick),
  },
  bit_shift: {
    draw: (shape, pick) => ({
      f: ([np.leftShift, np.rightShift] as const)[pick(2)] as ArrayFunction,
      inputs: [[words, signed][pick(2)](shape), rng.integers(broadcasting(shape, pick), 32)],
    }),
  },
  bit_count: { draw: (shape, pick) => ({ f: (x) => np.bitwiseCount(x), inputs: [[words, signed][pick(2)](shape)] }) },
  bitcast: {
    draw: (shape, pick) => ({
      f: (x) => lax.bitcastConvertType(x, np.int32),
      inputs: [[normal, words][pick(2)](shape)],
    }),
  },
  random_bits: {
    neverEmpty: 'a draw of nothing is a constant',
    draw: (given, pick) => ({
      f: (key) =>
        random.bits(
          key,
          given.map((n) => Math.max(1, n)),
        ),
      inputs: [tensor([2], Uint32Array.of(0, pick(1000)))],
    }),
  },
  transpose: {
    grads: 1,
    draw: (shape, pick) => ({
      f: (x) => np.transpose(x, rotated(atLeast(2, shape), pick)),
      inputs: [ofType(pick(4), atLeast(2, shape))],
    }),
  },
  broadcast: {
    grads: 1,
    draw: (shape, pick) => ({
      f: (x) => np.broadcastTo(x, [pick(3), 2, ...shape]),
      inputs: [normal(broadcasting(shape, pick))],
    }),
  },
  reshape: {
    grads: 1,
    draw: (shape, pick) => ({
      f: (x) => x.transpose().reshape(pick(2) === 0 ? [1, size(shape), 1] : [...shape, 1]),
      inputs: [normal(shape)],
    }),
  },
  concatenate: {
    grads: 2,
    draw: (given, pick) => {
      const shape = atLeast(1, given);
      const axis = axisOf(shape, pick);
      return {
        f: (x, y) => np.concatenate([x.ref, y, x], axis),
        inputs: [normal(shape), normal([...shape].with(axis, pick(3)))],
      };
    },
  },
  split: {
    grads: 1,
    draw: (given, pick) => {
      const shape = atLeast(1, given);
      const axis = axisOf(shape, pick);
      const at = pick(shape[axis] + 1);
      return { f: (x) => np.concatenate(np.split(x, [at], axis).reverse(), axis), inputs: [normal(shape)] };
    },
  },
  pad: {
    grads: 1,
    draw: (given, pick) => ({
      f: (x) =>
        np.pad(
          x,
          atLeast(1, given).map((_, d): [number, number] => [d === 0 ? 1 : pick(2), pick(3)]),
        ),
      inputs: [normal(atLeast(1, given))],
    }),
  },
  shrink: {
    grads: 1,
    draw: (given, pick) => {
      const shape = atLeast(1, given).with(0, 3);
      const ranges = shape.map((n, d): [number, number] => {
        const from = d === 0 ? 1 : pick(n + 1);
        return [from, from + pick(n - from + 1)];
      });
      return { f: (x) => x.slice(...ranges), inputs: [normal(shape)] };
    },
  },
  flip: {
    grads: 1,
    draw: (shape, pick) => ({
      f: (x) => np.flip(x, axisOf(atLeast(1, shape), pick)),
      inputs: [normal(atLeast(1, shape))],
    }),
  },
};

/** Axes turned by at least one. */
function rotated(shape: readonly number[], pick: (below: number) => number): number[] {
  const by = 1 + pick(shape.length - 1);
  return shape.map((_, d) => (d + by) % shape.length);
}

const SHAPES = fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 0, maxLength: 4 });
const SEEDS = fc.array(fc.nat(10_000), { minLength: 12, maxLength: 12 });

/** The same choices however often the function is traced. */
function instanceOf({ draw }: Property, shape: readonly number[], seeds: readonly number[]): Instance {
  let next = 0;
  const pick = (below: number) => (below === 0 ? 0 : seeds[next++ % seeds.length] % below);
  const { f, inputs } = draw(shape, pick);
  const first = next;
  const from = <Result>(run: () => Result): Result => {
    next = first;
    return run();
  };
  return { f: (...arrays) => from(() => f(...arrays)), inputs };
}

test('every entry of the lowering table has a property', () => {
  expect(Object.keys(PROPERTIES).sort()).toEqual(Object.keys(LOWERINGS).sort());
});

describe.each(Object.entries(PROPERTIES))('%s', (primitive, property) => {
  const { grads = 0, sumsNothing = false, within = 1e-5, neverEmpty } = property;

  test('gives what jax-js gives, for shapes of 0, 1 and repeated axes', async () => {
    let seen = 0;
    let empty = 0;
    const holds = fc.asyncProperty(SHAPES, SEEDS, async (shape, seeds) => {
      const { f, inputs } = instanceOf(property, shape, seeds);
      const { jaxpr } = trace('property', f as never, specsOf(inputs));
      if (jaxpr.eqns.some((equation) => equation.primitive === primitive)) seen++;
      const isEmpty = inputs.some(({ data }) => data.length === 0);
      if (isEmpty) empty++;
      if (isEmpty && sumsNothing) {
        const { data } = (await (await compile(f as never, inputs as never)).run(...(inputs as never))) as Tensor;
        expect(data.every((value) => value === 0)).toBe(true);
      } else expect(await forwardError(f, inputs, 'op by op')).toBeLessThan(within);
    });
    await fc.assert(holds, { seed: 20261122, numRuns: 20 });
    // Simplifying may take the primitive out of a small instance, never out of most.
    expect(seen).toBeGreaterThan(8);
    if (neverEmpty === undefined) expect(empty).toBeGreaterThan(0);
  });

  if (grads > 0) {
    test('has the gradient of central differences in f64', async () => {
      const holds = fc.asyncProperty(SHAPES, SEEDS, async (shape, seeds) => {
        const { f, inputs } = instanceOf(
          property,
          shape.map((n) => Math.max(1, n)),
          seeds,
        );
        if (inputs.slice(0, grads).some(({ data }) => !(data instanceof Float32Array) || data.length === 0)) return;
        const { got, differences, size } = await derivative(f, inputs, grads, primitive);
        expect(Math.abs(got - differences), `got ${got}, differences give ${differences}`).toBeLessThan(
          within * size + 1e-9,
        );
      });
      await fc.assert(holds, { seed: 20261126, numRuns: 6 });
    });
  }
});
