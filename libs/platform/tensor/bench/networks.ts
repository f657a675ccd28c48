/** The four networks that engines are compared on. `torch-peer.py` has the same in PyTorch. */
import { numpy as np } from '@jax-js/jax';
import { createRng, type Tensor, type TensorTree, type Traced } from '../src/index.ts';
import {
  hexPlane,
  initHexPlane,
  initLayerNorm,
  initLinear,
  initMlp,
  initModulatedBlock,
  initTransformerBlock,
  layerNorm,
  linear,
  mlp,
  modulatedBlock,
  sinusoidal,
  transformerBlock,
} from '../src/modules/index.ts';

export interface Network {
  readonly name: string;
  readonly params: TensorTree;
  readonly batch: { readonly [name: string]: Tensor };
  readonly forward: (params: never, batch: never) => np.Array;
  readonly loss: (params: never, batch: never) => np.Array;
  /** Multiply-adds of the forward pass, times two. */
  readonly operations: number;
}

function network<Params extends TensorTree, Batch extends { [name: string]: Tensor; y: Tensor }>(
  name: string,
  operations: number,
  params: Params,
  batch: Batch,
  forward: (params: Traced<Params>, batch: Traced<Batch>) => np.Array,
): Network {
  const loss = (p: Traced<Params>, inputs: Traced<Batch>) =>
    np.square(forward(p, { ...inputs, y: inputs.y.ref }).sub(inputs.y)).mean();
  return { name, operations, params, batch, forward: forward as Network['forward'], loss: loss as Network['loss'] };
}

interface TransformerSize {
  readonly layers: number;
  readonly width: number;
  readonly clips: number;
  readonly heads: number;
  readonly frames?: number;
}

function transformer(letter: string, { layers, width, clips, heads, frames = 125 }: TransformerSize): Network {
  const name = `${letter}: ${layers} x ${width} on [${clips}, ${frames}, ${width}]`;
  const rng = createRng(name);
  const params = Array.from({ length: layers }, (_, i) => initTransformerBlock(rng.fork(`block${i}`), { width }));
  const operations = layers * (2 * clips * frames * width * 12 * width + 4 * clips * frames * frames * width);
  const batch = { x: rng.normal([clips, frames, width]), y: rng.normal([clips, frames, width]) };
  return network(name, operations, params, batch, (blocks, { x, y }) => {
    y.dispose();
    return blocks.reduce((h, block) => transformerBlock(block, h, { heads }), x);
  });
}

/** The motion transformer's network (libs/methods/motion-transformer), which platform may not import. */
export function motionDit(
  { B, T, width, layers }: { B: number; T: number; width: number; layers: number },
  size = 'small',
): Network {
  const [latent, audio, heads, reach, rng] = [192, 344, 4, 16, createRng('dit')] as const;
  const params = {
    input: initLinear(rng.fork('input'), { inputs: latent + audio, outputs: width }),
    time: initMlp(rng.fork('time'), { widths: [64, width, width] }),
    blocks: Array.from({ length: layers }, (_, i) =>
      initModulatedBlock(rng.fork(`block${i}`), { width, condition: width }),
    ),
    norm: initLayerNorm({ width }),
    output: initLinear(rng.fork('output'), { inputs: width, outputs: latent }),
    direct: initMlp(rng.fork('direct'), { widths: [audio, width, latent] }),
  };
  const batch = {
    x: rng.normal([B, T, latent]),
    audio: rng.normal([B, T, audio]),
    tau: rng.uniform([B]),
    y: rng.normal([B, T, latent]),
  };
  const mask = Float32Array.from({ length: T * T }, (_, i) =>
    Math.abs(Math.floor(i / T) - (i % T)) <= reach ? 0 : -1e9,
  );
  const dense =
    2 *
    B *
    T *
    ((latent + audio) * width + width * latent + audio * width + width * latent + layers * 12 * width * width);
  return network(
    `c: motion DiT ${size}`,
    dense + layers * 4 * B * T * T * width,
    params,
    batch,
    (p, { x, audio: heard, tau, y }) => {
      y.dispose();
      const condition = mlp(p.time, sinusoidal(tau, 64), 'silu');
      const tokens = linear(p.input, np.concatenate([x, heard.ref], -1));
      const bias = np.array(mask).reshape([T, T]);
      const blocks = p.blocks.reduce((h, block) => modulatedBlock(block, h, condition.ref, { heads, bias }), tokens);
      condition.dispose();
      return linear(p.output, layerNorm(p.norm, blocks)).add(mlp(p.direct, heard));
    },
  );
}

function field(count: number): Network {
  const rng = createRng('field');
  const size = { features: 16, space: 16, time: 32, scales: [1, 2, 4] };
  const params = { field: initHexPlane(rng, size), head: initMlp(rng.fork('head'), { widths: [48, 64, 3] }) };
  const batch = { at: rng.uniform([count, 3]), time: rng.uniform([count]), y: rng.normal([count, 3]) };
  // Three interpolations of a plane, two operations for each feature and edge, and their product.
  const operations = 2 * count * (48 * 64 + 64 * 3) + 6 * 3 * count * 16 * 7;
  return network('d: HexPlane field', operations, params, batch, (p, { at, time, y }) => {
    y.dispose();
    return mlp(p.head, hexPlane(p.field, at, time, size));
  });
}

export const NETWORKS: readonly Network[] = [
  transformer('a', { layers: 4, width: 128, clips: 8, heads: 4 }),
  transformer('b', { layers: 8, width: 512, clips: 4, heads: 8 }),
  motionDit({ B: 6, T: 125, width: 128, layers: 4 }),
  field(4000),
];

/** The same in small, for an adapter in software. */
export const TINY_NETWORKS: readonly Network[] = [
  transformer('a', { layers: 2, width: 32, clips: 2, heads: 2, frames: 16 }),
  transformer('b', { layers: 2, width: 64, clips: 1, heads: 2, frames: 16 }),
  motionDit({ B: 1, T: 16, width: 32, layers: 1 }, 'tiny'),
  field(200),
];
