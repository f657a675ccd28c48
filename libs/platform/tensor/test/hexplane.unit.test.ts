import { grad, numpy as np, type JsTree } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { compile, createRng, createTrainer, tensor, type Tensor, type Traced } from '../src/index.ts';
import {
  hexPlane,
  hexPlaneFrames,
  hexPlaneRoughness,
  initHexPlane,
  initLinear,
  initSelfAttention,
  linear,
  rotate,
  selfAttention,
  type HexPlaneParams,
} from '../src/modules/index.ts';
import { relativeError } from './against-jax.ts';

const rng = createRng('hexplane');
const size = { features: 3, space: 4, time: 5, scales: [1, 2] };
const params = initHexPlane(rng, size);
for (const { planes } of params.scales) for (const plane of planes) plane.data.set(rng.uniform(plane.shape).data);

/** The equation, slowly and in f64. */
function reference(at: readonly number[]): number[] {
  return size.scales.flatMap((scale, s) =>
    Array.from({ length: size.features }, (_, feature) =>
      [
        [0, 1],
        [0, 2],
        [1, 2],
        [0, 3],
        [1, 3],
        [2, 3],
      ].reduce((product, [a, b], p) => {
        const counts = [a, b].map((axis) => (axis === 3 ? size.time : size.space * scale));
        const [y, x] = [a, b].map((axis, i) => Math.min(1, Math.max(0, at[axis])) * (counts[i] - 1));
        const value = (row: number, column: number) =>
          params.scales[s].planes[p].data[
            (Math.min(row, counts[0] - 1) * counts[1] + Math.min(column, counts[1] - 1)) * size.features + feature
          ];
        const [r, c] = [Math.floor(y), Math.floor(x)];
        const [dy, dx] = [y - r, x - c];
        return (
          product *
          ((1 - dy) * ((1 - dx) * value(r, c) + dx * value(r, c + 1)) +
            dy * ((1 - dx) * value(r + 1, c) + dx * value(r + 1, c + 1)))
        );
      }, 1),
    ),
  );
}

test('a field is the product of six bilinear samples, at nodes, between them, at the border and beyond', async () => {
  const points = [
    [0, 0, 0, 0],
    [1, 1, 1, 1],
    [0.2, 0.7, 0.31, 0.9],
    [1 / 3, 2 / 3, 1, 0.25],
    [-0.5, 1.7, 0.5, 2],
  ];
  const at = tensor([5, 3], Float32Array.from(points.flatMap((point) => point.slice(0, 3))));
  const time = tensor(
    [5],
    Float32Array.from(points, (point) => point[3]),
  );
  const program = await compile((p, x, t) => hexPlane(p, x, t, size), [params, at, time]);
  const got = await program.run(params, at, time);
  expect(got.shape).toEqual([5, 6]);
  expect(relativeError(got.data, points.flatMap(reference))).toBeLessThan(1e-6);
});

test('every point at every time is what each pair by itself is, and so are the gradients of the planes', async () => {
  const [points, times] = [rng.uniform([7, 3]), rng.uniform([4])];
  const pairs = Array.from({ length: 28 }, (_, i) => [Math.floor(i / 4), i % 4]);
  const at = tensor([28, 3], Float32Array.from(pairs.flatMap(([p]) => [...points.data.slice(3 * p, 3 * p + 3)])));
  const time = tensor(
    [28],
    Float32Array.from(pairs, ([, b]) => times.data[b]),
  );
  type Params = Traced<HexPlaneParams>;
  const both = (f: (p: Params, x: np.Array, t: np.Array) => np.Array) => (p: Params, x: np.Array, t: np.Array) => {
    const weighted = (planes: Params) => np.square(f(planes, x.ref, t.ref)).sum();
    return {
      values: f(p, x.ref, t.ref),
      gradient: grad(weighted as unknown as (planes: JsTree<np.Array>) => np.Array)(p) as Params,
    };
  };
  const one = await (
    await compile(
      both((p, x, t) => hexPlane(p, x, t, size)),
      [params, at, time],
    )
  ).run(params, at, time);
  const all = await (
    await compile(
      both((p, x, t) => hexPlaneFrames(p, x, t, size)),
      [params, points, times],
    )
  ).run(params, points, times);
  expect(all.values.shape).toEqual([7, 4, 6]);
  expect(relativeError(all.values.data, one.values.data)).toBeLessThan(1e-6);
  all.gradient.scales.forEach(({ planes }, s) =>
    planes.forEach((plane, k) =>
      expect(relativeError((plane as Tensor).data, (one.gradient.scales[s].planes[k] as Tensor).data)).toBeLessThan(
        1e-5,
      ),
    ),
  );
});

test('a fresh field stands still, and flat planes are not rough', async () => {
  const fresh = initHexPlane(createRng(1), size);
  const at = rng.uniform([7, 3]);
  const program = await compile((p, x, t) => hexPlane(p, x, t, size), [fresh, at, rng.uniform([7])]);
  const [early, late] = [
    await program.run(fresh, at, tensor([7], new Float32Array(7))),
    await program.run(fresh, at, tensor([7], new Float32Array(7).fill(0.83))),
  ];
  expect(relativeError(early.data, late.data)).toBeLessThan(1e-6);
  const rough = await compile((p) => hexPlaneRoughness(p, size), [params]);
  const flat = {
    scales: params.scales.map(({ planes }) => ({
      planes: planes.map(({ shape, data }) => ({ shape, data: data.map(() => 0.4) })),
    })),
  };
  const { space, time } = await rough.run(flat);
  expect([space.data[0], time.data[0]]).toEqual([0, 0]);
  expect((await rough.run(params)).time.data[0]).toBeGreaterThan(0.01);
});

test('a field with a linear head learns a motion that it was shown', async () => {
  const count = 64;
  const at = rng.uniform([count, 3]);
  const shown = (time: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(6 * at.data[3 * i] + 4 * time) * at.data[3 * i + 1]);
  const batchOf = (step: number) => {
    const time = createRng(`time ${step}`).uniform([1]).data[0];
    return { at, time: tensor([count], new Float32Array(count).fill(time)), want: tensor([count, 1], shown(time)) };
  };
  const trainer = await createTrainer({
    params: {
      field: initHexPlane(createRng(2), { features: 8, space: 8, time: 9, scales: [1] }),
      head: initLinear(createRng(3), { inputs: 8, outputs: 1 }),
    },
    batchExample: batchOf(0),
    loss: (p, batch) => {
      const error = linear(
        p.head,
        hexPlane(p.field, batch.at, batch.time, { features: 8, space: 8, time: 9, scales: [1] }),
      ).sub(batch.want);
      return error.ref.mul(error).mean();
    },
    optimizer: { kind: 'adamw', learningRate: 3e-2, weightDecay: 0 },
  });
  const losses = [];
  for (let step = 0; step < 300; step++) losses.push((await trainer.step(batchOf(step))).loss);
  const mean = (list: number[]) => list.reduce((a, b) => a + b) / list.length;
  expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 5)) / 30);
});

test('products of rotated vectors depend on how far they are apart, not on where they are', async () => {
  const width = 8;
  const [a, b] = [rng.normal([width]), rng.normal([width])];
  const table = (vector: Tensor) =>
    tensor(
      [12, width],
      Float32Array.from({ length: 12 * width }, (_, i) => vector.data[i % width]),
    );
  const program = await compile((x: np.Array) => rotate(x), [table(a)]);
  const [q, k] = [(await program.run(table(a))).data, (await program.run(table(b))).data];
  const dot = (i: number, j: number) =>
    Array.from({ length: width }, (_, d) => q[i * width + d] * k[j * width + d]).reduce((x, y) => x + y);
  for (let i = 0; i + 4 < 12; i++) expect(dot(i, i + 3)).toBeCloseTo(dot(0, 3), 4);
  expect(Math.abs(dot(0, 5) - dot(0, 3))).toBeGreaterThan(1e-3);
});

test('attention with rotary positions tells orders apart, without them it does not', async () => {
  const attention = initSelfAttention(rng.fork('attention'), { width: 8 });
  const x = rng.normal([5, 8]);
  const swapped = tensor(
    [5, 8],
    Float32Array.from([0, 2, 1, 3, 4].flatMap((row) => [...x.data.slice(row * 8, row * 8 + 8)])),
  );
  for (const [rotary, changes] of [
    [true, true],
    [false, false],
  ] as const) {
    const program = await compile((p, t) => selfAttention(p, t, { heads: 2, rotary }).slice([0, 1]), [attention, x]);
    const difference = relativeError(
      (await program.run(attention, x)).data,
      (await program.run(attention, swapped)).data,
    );
    expect(difference > 1e-4).toBe(changes);
  }
});
