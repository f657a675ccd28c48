import { describe, expect, test } from 'vitest';
import { compile, createRng, flattenPaths, type Tensor } from '@soliloquy/tensor';
import {
  activateReference,
  attentionReference,
  layerNormReference,
  linearReference,
  mlpReference,
  rowsOf,
  type Rows,
} from '@soliloquy/testing';
import {
  initMotionTransformer,
  motionTransformer,
  type MotionTransformerParams,
  type MotionTransformerSize,
} from '../src/index.ts';

const SIZE: MotionTransformerSize = { latent: 6, audio: 5, width: 8, layers: 2, heads: 2, reach: 3 };
const FRAMES = 9;
const rng = createRng('motion transformer');

/** Parameters of which none is zero: adaLN-Zero starts out as the identity, and would hide what the blocks do. */
function awake(size: MotionTransformerSize): MotionTransformerParams {
  const params = initMotionTransformer(rng.fork('params'), size);
  for (const [path, tensor] of Object.entries(flattenPaths(params))) {
    const noise = rng.fork(path).normal(tensor.shape).data;
    for (let i = 0; i < tensor.data.length; i++) (tensor.data as Float32Array)[i] += 0.3 * noise[i];
  }
  return params;
}

/**
 * cos(p f_i), then sin(p f_i), f_i = period^(−i / half). Angles are f32, as the network has them. The engine's cosine
 * loses up to 1e-4 at hundreds of radians, so that noise steps and starts here are small.
 */
const sinusoidal = (at: number, width: number, period: number): number[] => {
  const angles = Array.from({ length: width / 2 }, (_, i) =>
    Math.fround(at * Math.fround(period ** (-i / (width / 2)))),
  );
  return [...angles.map(Math.cos), ...angles.map(Math.sin)];
};
const zip = (a: Rows, b: Rows, f: (x: number, y: number, i: number) => number): Rows =>
  a.map((row, r) => row.map((x, i) => f(x, b[r % b.length][i], i)));

/** One sequence by the definition: DiT blocks with adaLN on τ, a band of attention, audio beside and past blocks. */
function reference(
  params: MotionTransformerParams,
  { x, audio, tau, start }: { x: Rows; audio: Rows; tau: number; start: number },
  size: MotionTransformerSize,
): Rows {
  const condition = mlpReference(params.time, [sinusoidal(tau, 64, 10_000)], 'silu');
  const codes = x.map((_, frame) => sinusoidal(start + frame, size.width, 1000).map((value) => 0.3 * value));
  let h = zip(
    linearReference(
      params.input,
      x.map((row, frame) => [...row, ...audio[frame]]),
    ),
    codes,
    (a, b) => a + b,
  );
  for (const block of params.blocks) {
    const [modulation] = linearReference(block.modulation, activateReference('silu', condition));
    const [scale1, shift1, gate1, scale2, shift2, gate2] = rowsOf(modulation, size.width);
    const modulated = (rows: Rows, scale: number[], shift: number[]): Rows =>
      layerNormReference(rows).map((row) => row.map((value, i) => value * (1 + scale[i]) + shift[i]));
    const qkv = linearReference(block.attention.qkv, modulated(h, scale1, shift1));
    const part = (k: number): Rows => qkv.map((row) => row.slice(k * size.width, (k + 1) * size.width));
    const mixed = attentionReference(
      { query: part(0), key: part(1), value: part(2) },
      size.heads,
      (i, j) => Math.abs(i - j) <= size.reach,
    );
    h = zip(h, linearReference(block.attention.out, mixed), (a, b, i) => a + gate1[i] * b);
    h = zip(h, mlpReference(block.mlp, modulated(h, scale2, shift2)), (a, b, i) => a + gate2[i] * b);
  }
  return zip(
    linearReference(params.output, layerNormReference(h, params.norm)),
    mlpReference(params.direct, audio),
    (a, b) => a + b,
  );
}

describe('the motion transformer', () => {
  test.each([
    ['as it is', SIZE],
    ['of one block and all frames in reach', { ...SIZE, layers: 1, reach: FRAMES }],
    ['of four heads and one frame in reach', { ...SIZE, heads: 4, reach: 1 }],
  ])('is its definition in f64, %s: every sequence with its own noise step and start', async (_what, size) => {
    const params = awake(size);
    const given = {
      x: rng.normal([2, FRAMES, size.latent]),
      audio: rng.normal([2, FRAMES, size.audio]),
      tau: { shape: [2], data: Float32Array.of(3, 17) },
      start: { shape: [2], data: Float32Array.of(0, 100) },
    };
    const program = await compile((p, inputs) => motionTransformer(p, inputs, size), [params, given] as const);
    const made = (await program.run(params, given)) as Tensor;
    expect(made.shape).toEqual([2, FRAMES, size.latent]);
    for (const b of [0, 1]) {
      const cut = ({ data }: Tensor, width: number): Rows =>
        rowsOf(data.slice(b * FRAMES * width, (b + 1) * FRAMES * width), width);
      const wanted = reference(
        params,
        {
          x: cut(given.x, size.latent),
          audio: cut(given.audio, size.audio),
          tau: given.tau.data[b],
          start: given.start.data[b],
        },
        size,
      );
      const got = cut(made, size.latent);
      for (const [frame, row] of wanted.entries())
        for (const [i, value] of row.entries()) expect(got[frame][i]).toBeCloseTo(value, 4);
    }
    await program.dispose();
  });

  test('starts out small, and different seeds differ', () => {
    const one = initMotionTransformer(createRng(1), { ...SIZE, width: 64, layers: 3 });
    const two = initMotionTransformer(createRng(2), { ...SIZE, width: 64, layers: 3 });
    expect(one.blocks).toHaveLength(3);
    expect(one.input.weight.shape).toEqual([SIZE.latent + SIZE.audio, 64]);
    expect(one.time.layers.map(({ weight }) => weight.shape)).toEqual([
      [64, 64],
      [64, 64],
    ]);
    expect(one.direct.layers.map(({ weight }) => weight.shape)).toEqual([
      [SIZE.audio, 64],
      [64, SIZE.latent],
    ]);
    const deviation = ({ data }: Tensor): number =>
      Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
    expect(deviation(one.output.weight) * Math.sqrt(64)).toBeGreaterThan(0.08);
    expect(deviation(one.output.weight) * Math.sqrt(64)).toBeLessThan(0.12);
    expect(deviation(one.direct.layers[1].weight) * Math.sqrt(64)).toBeLessThan(0.12);
    expect(deviation(one.input.weight) * Math.sqrt(SIZE.latent + SIZE.audio)).toBeGreaterThan(0.9);
    expect(one.input.weight.data).not.toEqual(two.input.weight.data);
    expect(one.blocks[0].mlp.layers[0].weight.data).not.toEqual(one.blocks[1].mlp.layers[0].weight.data);
    const streams = [one.input, one.time.layers[0], one.output, one.direct.layers[0]].map(
      ({ weight }) => weight.data[0] / deviation(weight),
    );
    expect(new Set(streams.map((value) => value.toFixed(3))).size).toBe(4);
  });
});
