import { numpy, type numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { compile, createRng, zeros, type Tensor, type TensorTree, type Traced } from '../src/index.ts';
import {
  addPositions,
  crossAttention,
  film,
  initCrossAttention,
  initFilm,
  initLayerNorm,
  initLinear,
  initModulatedBlock,
  initPerceiver,
  initPositions,
  initSelfAttention,
  initTransformerBlock,
  layerNorm,
  linear,
  modulatedBlock,
  perceiver,
  selfAttention,
  sinusoidalPositions,
  transformerBlock,
} from '../src/modules/index.ts';
import { forwardError, gradientError, relativeError } from './against-jax.ts';

const rng = createRng('modules');

/** Run a module on tensors. */
async function apply<Params extends TensorTree>(
  module: (params: Traced<Params>, ...inputs: np.Array[]) => np.Array,
  params: Params,
  ...inputs: Tensor[]
): Promise<Tensor> {
  const program = await compile((p: Traced<TensorTree>, xs: np.Array[]) => module(p as Traced<Params>, ...xs), [
    params,
    inputs,
  ] as [TensorTree, Tensor[]]);
  const result = await program.run(params, inputs);
  await program.dispose();
  return result as Tensor;
}

const rows = ({ shape, data }: Tensor) => {
  const width = shape[shape.length - 1];
  return Array.from({ length: data.length / width }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);
};

test('initial parameters depend on seed and name only', () => {
  const block = () => initTransformerBlock(createRng(4).fork('block0'), { width: 8 });
  expect(block()).toEqual(block());
  expect(initLinear(createRng(4), { inputs: 3, outputs: 2 })).not.toEqual(
    initLinear(createRng(5), { inputs: 3, outputs: 2 }),
  );
  const wide = initLinear(createRng(1), { inputs: 256, outputs: 256 }).weight.data;
  expect(Math.sqrt(wide.reduce((sum, x) => sum + x * x, 0) / wide.length)).toBeCloseTo(1 / 16, 3);
});

test('layer norm gives rows of zero mean and unit variance', async () => {
  const y = await apply(layerNorm, initLayerNorm({ width: 32 }), {
    shape: [5, 32],
    data: rng.normal([5, 32]).data.map((x) => 3 * x + 7),
  });
  for (const row of rows(y)) {
    expect(row.reduce((a, b) => a + b) / 32).toBeCloseTo(0, 5);
    expect(row.reduce((a, b) => a + b * b, 0) / 32).toBeCloseTo(1, 4);
  }
});

test('attention is the weighted mean that the equation says', async () => {
  const params = initCrossAttention(rng.fork('cross'), { width: 6, context: 5 });
  const x = rng.normal([3, 6]);
  const context = rng.normal([4, 5]);
  const got = await apply(
    (p: Traced<typeof params>, q, c) => crossAttention(p, q, c, { heads: 2 }),
    params,
    x,
    context,
  );

  const project = ({ weight, bias }: { weight: Tensor; bias: Tensor }, input: number[][]) =>
    input.map((row) =>
      [...bias.data].map((b, j) =>
        row.reduce((sum, value, i) => sum + value * weight.data[i * bias.data.length + j], b),
      ),
    );
  const query = project(params.query, rows(x));
  const keyValue = project(params.keyValue, rows(context));
  const mixed = query.map((q) =>
    [0, 1].flatMap((head) => {
      const part = (row: number[], from: number) => row.slice(from + 3 * head, from + 3 * head + 3);
      const scores = keyValue.map(
        (row) => part(q, 0).reduce((sum, value, i) => sum + value * part(row, 0)[i], 0) / Math.sqrt(3),
      );
      const weights = scores.map(Math.exp);
      const total = weights.reduce((a, b) => a + b);
      return [0, 1, 2].map((i) => keyValue.reduce((sum, row, k) => sum + (weights[k] / total) * part(row, 6)[i], 0));
    }),
  );
  expect(relativeError(got.data, project(params.out, mixed).flat())).toBeLessThan(1e-6);
});

test('a score bias of -1e9 hides a key', async () => {
  const params = initSelfAttention(rng.fork('masked'), { width: 8 });
  const x = rng.normal([1, 4, 8]);
  const bias = { shape: [4], data: Float32Array.of(0, 0, 0, -1e9) };
  const masked = (input: Tensor) =>
    apply((p: Traced<typeof params>, a, b) => selfAttention(p, a, { heads: 2, bias: b }), params, input, bias);
  const before = await masked(x);
  const changed = { shape: x.shape, data: x.data.map((value, i) => (i >= 24 ? value + 5 : value)) };
  const after = await masked(changed);
  expect(after.data.subarray(0, 24)).toEqual(before.data.subarray(0, 24));
  expect(after.data.subarray(24)).not.toEqual(before.data.subarray(24));
});

test('modulated blocks and FiLM start as the identity, and a moved projection makes the condition matter', async () => {
  const x = rng.normal([2, 5, 8]);
  const condition = rng.normal([2, 3]);
  const block = initModulatedBlock(rng.fork('dit'), { width: 8, condition: 3 });
  const run = (params: typeof block) =>
    apply((p: Traced<typeof block>, a, c) => modulatedBlock(p, a, c, { heads: 2 }), params, x, condition);
  expect((await run(block)).data).toEqual(x.data);
  const moved = { ...block, modulation: initLinear(rng.fork('moved'), { inputs: 3, outputs: 48 }) };
  expect(relativeError((await run(moved)).data, x.data)).toBeGreaterThan(0.1);
  expect((await apply(film, initFilm(rng, { condition: 3, width: 8 }), x, condition)).data).toEqual(x.data);
});

test('a condition for each token is the condition for all where they are the same', async () => {
  const params = { project: initLinear(rng.fork('film'), { inputs: 3, outputs: 16 }) };
  const x = rng.normal([2, 4, 8]);
  const condition = rng.normal([2, 3]);
  const repeated = {
    shape: [2, 4, 3],
    data: Float32Array.from({ length: 24 }, (_, i) => condition.data[Math.floor(i / 12) * 3 + (i % 3)]),
  };
  expect(
    relativeError((await apply(film, params, x, repeated)).data, (await apply(film, params, x, condition)).data),
  ).toBeLessThan(1e-6);
});

test('a perceiver does not care for the order of tokens, and takes any leading axes', async () => {
  const params = initPerceiver(rng.fork('perceiver'), { latents: 3, width: 8, tokens: 5, blocks: 1 });
  const run = (tokens: Tensor) => apply((p: Traced<typeof params>, t) => perceiver(p, t, { heads: 2 }), params, tokens);
  const tokens = rng.normal([2, 7, 5]);
  const straight = await run(tokens);
  expect(straight.shape).toEqual([2, 3, 8]);
  const reversed = {
    shape: tokens.shape,
    data: Float32Array.from(
      rows({ shape: [2, 35], data: tokens.data }).flatMap((batch) =>
        rows({ shape: [7, 5], data: Float32Array.from(batch) })
          .reverse()
          .flat(),
      ),
    ),
  };
  expect(relativeError((await run(reversed)).data, straight.data)).toBeLessThan(1e-5);
  const split = await run({ shape: [1, 2, 7, 5], data: tokens.data });
  expect(split.shape).toEqual([1, 2, 3, 8]);
  expect(relativeError(split.data, straight.data)).toBeLessThan(1e-6);
});

test('sinusoidal positions are unit pairs that turn at geometric rates', async () => {
  const [table, moved] = [
    await apply((_p, x) => sinusoidalPositions(6, 8).add(x), {}, zeros([6, 8])),
    await apply(addPositions, initPositions(rng, { count: 6, width: 8 }), zeros([6, 8])),
  ];
  rows(table).forEach((row, at) =>
    [0, 1, 2, 3].forEach((i) => {
      expect(row[i]).toBeCloseTo(Math.cos(at * 10_000 ** (-i / 4)), 5);
      expect(row[i + 4]).toBeCloseTo(Math.sin(at * 10_000 ** (-i / 4)), 5);
    }),
  );
  expect(Math.max(...moved.data.map(Math.abs))).toBeLessThan(0.1);
});

test('gradients of every block are those of jax-js', async () => {
  const blockParams = initTransformerBlock(rng.fork('grad'), { width: 8 });
  const dit = {
    ...initModulatedBlock(rng.fork('grad-dit'), { width: 8, condition: 3 }),
    modulation: initLinear(rng.fork('grad-mod'), { inputs: 3, outputs: 48 }),
  };
  const per = initPerceiver(rng.fork('grad-per'), { latents: 3, width: 8, tokens: 5, blocks: 1 });
  const leaf = (w: np.Array, p: { weight: Tensor; bias: Tensor }): Traced<typeof p> => ({
    weight: w,
    bias: constant(p.bias),
  });
  // By one weight deep inside and by the input; the other parameters are constants of the program.
  const block = (x: np.Array, w: np.Array) => {
    const params = freeze(blockParams) as Traced<typeof blockParams>;
    return transformerBlock(
      { ...params, attention: { ...params.attention, qkv: leaf(w, blockParams.attention.qkv) } },
      x,
      { heads: 2 },
    );
  };
  expect(
    await gradientError(block, [rng.normal([2, 4, 8]), blockParams.attention.qkv.weight], 2, 'op by op'),
  ).toBeLessThan(1e-5);
  const modulated = (x: np.Array, w: np.Array, c: np.Array) =>
    modulatedBlock({ ...(freeze(dit) as Traced<typeof dit>), modulation: leaf(w, dit.modulation) }, x, c, { heads: 2 });
  expect(
    await gradientError(modulated, [rng.normal([2, 4, 8]), dit.modulation.weight, rng.normal([2, 3])], 3, 'op by op'),
  ).toBeLessThan(1e-5);
  const reads = (t: np.Array, latents: np.Array) =>
    perceiver({ ...(freeze(per) as Traced<typeof per>), latents }, t, { heads: 2 });
  expect(await gradientError(reads, [rng.normal([2, 6, 5]), per.latents], 2, 'op by op')).toBeLessThan(1e-5);
  expect(
    await forwardError(
      (x: np.Array) => linear(freeze(dit.modulation) as Traced<typeof dit.modulation>, x),
      [rng.normal([3])],
      'op by op',
    ),
  ).toBeLessThan(1e-5);
});

/** Parameters as constants. */
function freeze(tree: TensorTree): unknown {
  if (Array.isArray(tree)) return tree.map(freeze);
  if ('data' in tree && tree.data instanceof Float32Array) return constant(tree as unknown as Tensor);
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, freeze(value as TensorTree)]));
}

function constant({ shape, data }: Tensor): np.Array {
  return numpy.array(data as Float32Array<ArrayBuffer>).reshape([...shape]);
}
