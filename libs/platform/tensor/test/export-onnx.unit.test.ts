import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { compile, createRng, exportOnnx, loadOnnx, readOnnxMetadata, tensor, type Tensor } from '../src/index.ts';
import { initMlp, mlp } from '../src/modules/index.ts';
import { relativeError } from './against-jax.ts';

const rng = createRng('export');
const params = initMlp(rng, { widths: [4, 8, 3] });
const inputs = { x: rng.normal([2, 4]), extra: { scale: rng.uniform([3]) } };
const model = (metadata?: Record<string, string>) =>
  exportOnnx(
    (p, { x, extra }) => ({ y: mlp(p, x.ref).mul(extra.scale), sums: { x: x.sum(1) } }),
    params,
    inputs,
    metadata,
  );

test('an exported model is the function: names, shapes, values, metadata', async () => {
  const program = await loadOnnx(model({ kind: 'motion', note: 'käse' }));
  expect(program.inputs).toEqual([
    { name: 'x', dtype: 'float32', shape: [2, 4] },
    { name: 'extra.scale', dtype: 'float32', shape: [3] },
  ]);
  expect(program.outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['y', [2, 3]],
    ['sums.x', [2]],
  ]);
  expect(program.metadata).toEqual({ kind: 'motion', note: 'käse' });
  const got = await program.run({ x: inputs.x, 'extra.scale': inputs.extra.scale });
  const direct = await compile((p, x, scale) => mlp(p, x).mul(scale), [params, inputs.x, inputs.extra.scale]);
  const want = await direct.run(params, inputs.x, inputs.extra.scale);
  expect(relativeError(got.y.data as Float32Array, want.data)).toBeLessThan(1e-6);
});

test('the same model and metadata give the same bytes, in whatever order the metadata was put in', () => {
  expect(model({ a: '1', b: '2' })).toEqual(model({ b: '2', a: '1' }));
  expect(readOnnxMetadata(model({ a: '1' }))).toEqual({ a: '1' });
  expect(readOnnxMetadata(model())).toEqual({});
});

test('results that are inputs, constants or the same value twice come out', async () => {
  const program = await compile(
    (x, flag, ids) => ({
      same: x.ref,
      constant: np.array([1, 2, 3]),
      twice: [x.ref.mul(2), x.mul(2)],
      flag,
      ids: np.arange(3).astype(np.int32).add(ids),
    }),
    [rng.normal([2]), tensor([2], Uint8Array.of(0, 0)), tensor([], Int32Array.of(0))],
  );
  const x = tensor([2], Float32Array.of(3, 4));
  const result = await program.run(x, tensor([2], Uint8Array.of(1, 0)), tensor([], Int32Array.of(5)));
  expect(result.same).toEqual(x);
  expect(result.constant.data).toEqual(Float32Array.of(1, 2, 3));
  expect(result.twice.map((one: Tensor) => [...one.data])).toEqual([
    [6, 8],
    [6, 8],
  ]);
  expect([...result.flag.data]).toEqual([1, 0]);
  expect(result.ids.data).toEqual(Int32Array.of(5, 6, 7));
});

test('two things of one name are refused', () => {
  expect(() => exportOnnx((_p, { x }) => ({ x: x.mul(2) }), {}, { x: rng.normal([2]) })).toThrow(/got 'x' twice/);
  expect(() =>
    exportOnnx(
      (p, inputs) => ({ y: p.a.add(inputs['params.a']) }),
      { a: rng.normal([2]) },
      { 'params.a': rng.normal([2]) },
    ),
  ).toThrow(/got 'params\.a' twice/);
});
