import { nn, numpy as np } from '@jax-js/jax';
import { describe, expect, test } from 'vitest';
import { compile, createRng, exportOnnx, loadOnnx, type Tensor } from '../src/index.ts';
import { foldConstants } from '../src/lower/fold-constants.ts';
import { dropDead } from '../src/lower/graph-match.ts';
import {
  activate,
  initSelfAttention,
  initTransformerBlock,
  layerNorm,
  linear,
  selfAttention,
  standardise,
  transformerBlock,
  type initLayerNorm,
  type initLinear,
} from '../src/modules/index.ts';
import type { OnnxGraph } from '../src/onnx-proto.ts';
import { relativeError } from './against-jax.ts';

const rng = createRng('fuse');
const affine = { gain: rng.normal([8]), bias: rng.normal([8]) } satisfies ReturnType<typeof initLayerNorm>;
const dense = { weight: rng.normal([8, 6]), bias: rng.normal([6]) } satisfies ReturnType<typeof initLinear>;
const attention = initSelfAttention(rng, { width: 8 });
for (const { bias } of [attention.qkv, attention.out]) bias.data.set(rng.normal(bias.shape).data);
const constant = ({ shape, data }: Tensor) => np.array(data as Float32Array<ArrayBuffer>).reshape([...shape]);

/** A frame attends to itself and those before. */
const causal = Float32Array.from({ length: 25 }, (_, i) => (i % 5 <= Math.floor(i / 5) ? 0 : -1e9));

/** [name, function, what is left when it is fused] */
const cases: [string, (x: np.Array) => np.Array, Record<string, number>][] = [
  [
    'layer norm with gain and bias',
    (x) => layerNorm({ gain: constant(affine.gain), bias: constant(affine.bias) }, x),
    { LayerNormalization: 1 },
  ],
  ['standardise', (x) => standardise(x), { LayerNormalization: 1 }],
  ['softmax', (x) => nn.softmax(x, -1), { Softmax: 1 }],
  ['softmax over another axis', (x) => nn.softmax(x, 1), { Softmax: 1 }],
  ['GELU', (x) => activate('gelu', x), { Gelu: 1 }],
  [
    'linear layer',
    (x) => linear({ weight: constant(dense.weight), bias: constant(dense.bias) }, x),
    { Reshape: 2, Gemm: 1 },
  ],
  [
    'attention',
    (x) =>
      selfAttention(
        {
          qkv: { weight: constant(attention.qkv.weight), bias: constant(attention.qkv.bias) },
          out: { weight: constant(attention.out.weight), bias: constant(attention.out.bias) },
        },
        x,
        { heads: 2 },
      ),
    { Attention: 1, Gemm: 2, Split: 1, Reshape: 7, Transpose: 4 },
  ],
  [
    'attention with a bias',
    (x) =>
      selfAttention(
        {
          qkv: { weight: constant(attention.qkv.weight), bias: constant(attention.qkv.bias) },
          out: { weight: constant(attention.out.weight), bias: constant(attention.out.bias) },
        },
        x,
        { heads: 2, bias: np.array(causal).reshape([5, 5]) },
      ),
    { Attention: 1, Gemm: 2 },
  ],
];

describe('fused programs', () => {
  test.each(cases)('%s is one kernel and the same numbers', async (_, f, operators) => {
    const x = rng.normal([2, 5, 8]);
    const [plain, fused] = [await compile(f, [x]), await compile(f, [x], { fuse: true })];
    expect(fused.operators).toMatchObject(operators);
    expect(Object.values(fused.operators).reduce((a, b) => a + b)).toBeLessThanOrEqual(
      Object.values(plain.operators).reduce((a, b) => a + b),
    );
    expect(relativeError((await fused.run(x)).data, (await plain.run(x)).data)).toBeLessThan(1e-6);
  });

  test('what something else reads stays', async () => {
    const x = rng.normal([2, 5, 8]);
    const both = (v: np.Array) => {
      const exp = np.exp(v.ref.sub(np.max(v, -1, { keepdims: true })));
      return { exp: exp.ref, softmax: exp.ref.div(exp.sum(-1, { keepdims: true })) };
    };
    const [plain, fused] = [await compile(both, [x]), await compile(both, [x], { fuse: true })];
    expect(fused.operators.Softmax).toBeUndefined();
    expect(await fused.run(x)).toEqual(await plain.run(x));
  });

  test('an exported transformer block is fused whole', async () => {
    const params = initTransformerBlock(rng, { width: 16 });
    const x = rng.normal([2, 5, 16]);
    const run = async (fuse: boolean) =>
      (
        await (
          await loadOnnx(
            exportOnnx(
              (p, inputs) => ({ y: transformerBlock(p, inputs.x, { heads: 2 }) }),
              params,
              { x },
              {},
              { fuse },
            ),
          )
        ).run({ x })
      ).y.data as Float32Array;
    expect(relativeError(await run(true), await run(false))).toBeLessThan(1e-6);
    const program = await compile((p, v) => transformerBlock(p, v, { heads: 2 }), [params, x], { fuse: true });
    expect(program.operators).toMatchObject({ LayerNormalization: 2, Attention: 1, Gelu: 1, Gemm: 4 });
    expect(program.operators.Softmax).toBeUndefined();
  });
});

describe('constant folding', () => {
  const scalar = (name: string, value: number) => ({
    name,
    dtype: 'float32' as const,
    shape: [],
    bytes: new Uint8Array(Float32Array.of(value).buffer),
  });
  const graph = (nodes: OnnxGraph['nodes'], ...constants: OnnxGraph['initializers']): OnnxGraph => ({
    opset: 18,
    nodes,
    initializers: constants,
    inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    metadata: {},
  });
  const op = (name: string, inputs: string[], output: string) => ({
    op: name,
    inputs,
    outputs: [output],
    attributes: {},
  });

  test('computes what depends on constants alone, rounding to f32 at each step', () => {
    const folded = foldConstants(
      graph(
        [op('Mul', ['a', 'b'], 'c'), op('Sqrt', ['c'], 'd'), op('Add', ['x', 'd'], 'y')],
        scalar('a', 0.1),
        scalar('b', 3),
      ),
    );
    expect(folded.nodes.map((node) => node.op)).toEqual(['Add']);
    expect(folded.initializers).toEqual([scalar('d', Math.sqrt(Math.fround(Math.fround(0.1) * 3)))]);
  });

  test('leaves alone what more than one rounding is possible for', () => {
    const folded = foldConstants(graph([op('Exp', ['a'], 'b'), op('Add', ['x', 'b'], 'y')], scalar('a', 0.1)));
    expect(folded.nodes.map((node) => node.op)).toEqual(['Exp', 'Add']);
  });

  test('broadcasts', async () => {
    const f = (x: np.Array) =>
      x.add(
        np
          .array([1, 2, 3])
          .reshape([3, 1])
          .mul(np.array([10, 20])),
      );
    const [plain, fused] = [
      await compile(f, [rng.normal([3, 2])]),
      await compile(f, [rng.normal([3, 2])], { fuse: true }),
    ];
    expect(plain.operators.Mul).toBe(1);
    expect(fused.operators).toEqual({ Add: 1 });
    const x = rng.normal([3, 2]);
    expect(await fused.run(x)).toEqual(await plain.run(x));
  });

  test('dead code and its constants go, what outputs need stays', () => {
    const { nodes, initializers } = dropDead(
      graph(
        [op('Neg', ['a'], 'unused'), op('Exp', ['unused'], 'too'), op('Add', ['x', 'b'], 'y')],
        scalar('a', 1),
        scalar('b', 2),
      ),
    );
    expect(nodes.map((node) => node.outputs[0])).toEqual(['y']);
    expect(initializers.map(({ name }) => name)).toEqual(['b']);
  });
});

test('metadata keeps ports, normalisation and more', async () => {
  const model = exportOnnx(
    (p, { x }) => ({ y: linear(p, x) }),
    dense,
    { x: rng.normal([1, 8]) },
    { ports: { x: 'features, standardised' }, normalisation: { x: { mean: [0.5], deviation: [2] } }, made: 'abc123' },
  );
  const { metadata } = await loadOnnx(model);
  expect(metadata.made).toBe('abc123');
  expect(JSON.parse(metadata.normalisation)).toEqual({ x: { mean: [0.5], deviation: [2] } });
  expect(JSON.parse(metadata.ports)).toEqual({ x: 'features, standardised' });
});
