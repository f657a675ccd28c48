import type { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { createRng, tensor, type Tensor, type TensorTree, type Traced } from '../src/index.ts';
import {
  crossAttention,
  film,
  hexPlane,
  initCrossAttention,
  initHexPlane,
  initLayerNorm,
  initLinear,
  initMlp,
  initModulatedBlock,
  initPerceiver,
  initSelfAttention,
  initTransformerBlock,
  layerNorm,
  mlp,
  modulatedBlock,
  perceiver,
  selfAttention,
  transformerBlock,
  type initFilm,
} from '../src/modules/index.ts';
import { flattenTensors, unflattenTree } from '../src/tensor-tree.ts';
import { derivative } from './central-differences.ts';

const rng = createRng('gradients');
const normal = (...shape: number[]) => rng.normal(shape);
const hexSize = { features: 2, space: 3, time: 4, scales: [1, 2] };
const modulated = {
  ...initModulatedBlock(rng.fork('dit'), { width: 8, condition: 3 }),
  modulation: initLinear(rng.fork('mod'), { inputs: 3, outputs: 48 }),
};
const filmParams = { project: initLinear(rng.fork('film'), { inputs: 3, outputs: 16 }) };

interface Case {
  name: string;
  params: TensorTree;
  inputs: Tensor[];
  f: (params: never, ...inputs: np.Array[]) => np.Array;
}

const define = <Params extends TensorTree>(
  name: string,
  params: Params,
  inputs: Tensor[],
  f: (params: Traced<Params>, ...inputs: np.Array[]) => np.Array,
): Case => ({ name, params, inputs, f: f as Case['f'] });

const cases: Case[] = [
  define(
    'perceptron with each non-linearity',
    initMlp(rng.fork('mlp'), { widths: [4, 6, 3] }),
    [normal(5, 4)],
    (p, x) => mlp(p, x.ref, 'silu').add(mlp(p, x, 'gelu')),
  ),
  define('layer norm', initLayerNorm({ width: 6 }), [normal(4, 6)], (p, x) => layerNorm(p, x)),
  define(
    'self-attention with rotary positions',
    initSelfAttention(rng.fork('self'), { width: 8 }),
    [normal(2, 4, 8)],
    (p, x) => selfAttention(p, x, { heads: 2, rotary: true }),
  ),
  define(
    'cross-attention',
    initCrossAttention(rng.fork('cross'), { width: 8, context: 5 }),
    [normal(2, 3, 8), normal(2, 4, 5)],
    (p, x, c) => crossAttention(p, x, c, { heads: 2 }),
  ),
  define('FiLM', filmParams satisfies ReturnType<typeof initFilm>, [normal(2, 4, 8), normal(2, 3)], (p, x, c) =>
    film(p, x, c),
  ),
  define('transformer block', initTransformerBlock(rng.fork('block'), { width: 8 }), [normal(2, 4, 8)], (p, x) =>
    transformerBlock(p, x, { heads: 2 }),
  ),
  define('DiT block', modulated, [normal(2, 4, 8), normal(2, 3)], (p, x, c) => modulatedBlock(p, x, c, { heads: 2 })),
  define(
    'Perceiver',
    initPerceiver(rng.fork('perceiver'), { latents: 3, width: 8, tokens: 5, blocks: 1 }),
    [normal(2, 6, 5)],
    (p, t) => perceiver(p, t, { heads: 2 }),
  ),
  // Away from nodes, where the field has no derivative.
  define(
    'HexPlane',
    initHexPlane(rng.fork('hex'), hexSize),
    [
      tensor([3, 3], Float32Array.of(0.13, 0.42, 0.71, 0.9, 0.34, 0.21, 0.61, 0.88, 0.07)),
      tensor([3], Float32Array.of(0.1, 0.45, 0.93)),
    ],
    (p, at, t) => hexPlane(p, at, t, hexSize),
  ),
];

/** Along random directions of all parameters and inputs. */
test.each(cases)('gradients of $name are central differences in f64', async ({ params, inputs, f }) => {
  const flat = flattenTensors([params, ...inputs], 'case');
  const onLeaves = (...leaves: np.Array[]): np.Array => {
    const [traced, ...xs] = unflattenTree(flat.shape, leaves) as [never, ...np.Array[]];
    return f(traced, ...xs);
  };
  for (const direction of ['one', 'another']) {
    const { got, differences, size } = await derivative(onLeaves, flat.leaves, flat.leaves.length, direction);
    expect(
      Math.abs(got - differences),
      `direction ${direction}: got ${got}, differences give ${differences}`,
    ).toBeLessThan(1e-6 * size);
  }
});
