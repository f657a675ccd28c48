import { beforeAll, describe, expect, test } from 'vitest';
import { compile, createRng, type Tensor } from '@soliloquy/tensor';
import {
  attentionReference,
  layerNormReference,
  linearReference,
  mlpReference,
  rowsOf,
  unitReference,
  type Rows,
} from '@soliloquy/testing';
import {
  AUDIO_CONTEXT,
  createMotionLayout,
  decodeMotion,
  embedAudio,
  embedMotion,
  encodeMotion,
  initAlignedSpace,
  initMotionCodec,
  LATENT_WIDTH,
  unit,
  type AlignedSpaceParams,
  type MotionCodecParams,
  type MotionLayout,
} from '../src/index.ts';
import { awake, smallRig } from './small-rig.ts';

const [HEADS, WIDTH, FEATURES, FRAMES] = [2, 8, 4, 3];
const CONTEXT = 2 * AUDIO_CONTEXT + 1;
const rng = createRng('networks');
type PerceiverParams = AlignedSpaceParams['audio']['perceiver'];

/** Latents read tokens once, with layer norms before, and a perceptron after. */
function perceiverReference(params: PerceiverParams, tokens: Rows): Rows {
  const latents = rowsOf(params.latents.data as Float32Array, WIDTH);
  const context = linearReference(params.read.keyValue, layerNormReference(tokens, params.tokenNorm));
  const mixed = attentionReference(
    {
      query: linearReference(params.read.query, layerNormReference(latents, params.latentNorm)),
      key: context.map((row) => row.slice(0, WIDTH)),
      value: context.map((row) => row.slice(WIDTH)),
    },
    HEADS,
  );
  const add = (a: Rows, b: Rows): Rows => a.map((row, r) => row.map((value, i) => value + b[r][i]));
  const read = add(linearReference(params.read.out, mixed), latents);
  return add(read, mlpReference(params.mlp, layerNormReference(read, params.mlpNorm)));
}

/** Sine and cosine of 1, 2, 4 and 8 half turns for each world unit, for x and then for y. */
const codesOf = (position: ArrayLike<number>): number[] =>
  [position[0], position[1]].flatMap((at) =>
    [1, 2, 4, 8].flatMap((frequency) => [Math.sin(frequency * Math.PI * at), Math.cos(frequency * Math.PI * at)]),
  );

/** x_t of one frame: part by part what a Perceiver and a linear path read, 64 numbers each; 0 without particles. */
function encodeReference(params: MotionCodecParams, layout: MotionLayout, tokens: Rows): number[] {
  let at = 0;
  return layout.parts.flatMap((part) => {
    if (part.tokens === 0) return new Array<number>(64).fill(0);
    const own = tokens.slice(at, (at += part.tokens));
    const networks = params[part.name];
    const seen = own.map((row, i) => [...codesOf(part.positions.subarray(i * 3, i * 3 + 3)), ...row]);
    const [read] = linearReference(networks.read, [perceiverReference(networks.perceiver, seen).flat()]);
    const [direct] = linearReference(networks.direct, [own.flat()]);
    return read.map((value, i) => value + direct[i]);
  });
}

/** The tokens of one frame: part by part a perceptron beside a linear path. */
function decodeReference(params: MotionCodecParams, layout: MotionLayout, latent: readonly number[]): Rows {
  return layout.parts.flatMap((part, index) => {
    if (part.tokens === 0) return [];
    const share = [latent.slice(64 * index, 64 * index + 64)];
    const [bent] = mlpReference(params[part.name].decoder, share);
    const [straight] = linearReference(params[part.name].decoderDirect, share);
    return rowsOf(
      bent.map((value, i) => value + straight[i]),
      3,
    );
  });
}

const closeTo = (got: Tensor, wanted: readonly number[], digits = 4): void => {
  expect(got.data).toHaveLength(wanted.length);
  wanted.forEach((value, i) => expect(got.data[i], `number ${i}`).toBeCloseTo(value, digits));
};

describe.each([
  ['of a whole person', 8],
  ['of a person without hands', 7],
])('the motion codec %s', (_what, particles) => {
  const clip = rng.normal([20, particles, 3]).data;
  const layout = createMotionLayout(
    smallRig.positions.subarray(0, particles * 3),
    smallRig.regions.subarray(0, particles),
    [clip],
  );
  const params = awake(
    initMotionCodec(rng, layout, { latents: 3, width: WIDTH, heads: HEADS, hidden: 10 }),
    `codec ${particles}`,
  );

  test('encodes as its definition in f64 does', async () => {
    const tokens = rng.normal([FRAMES, layout.tokens, 3]);
    const program = await compile((p, t) => encodeMotion(p, t, layout, HEADS), [params, tokens] as const);
    const wanted = Array.from({ length: FRAMES }, (_, frame) =>
      encodeReference(
        params,
        layout,
        rowsOf(tokens.data.slice(frame * layout.tokens * 3, (frame + 1) * layout.tokens * 3), 3),
      ),
    );
    const made = (await program.run(params, tokens)) as Tensor;
    expect(made.shape).toEqual([FRAMES, LATENT_WIDTH]);
    closeTo(made, wanted.flat());
    await program.dispose();
  });

  test('decodes as its definition in f64 does', async () => {
    const latent = rng.normal([FRAMES, LATENT_WIDTH]);
    const program = await compile((p, x) => decodeMotion(p, x, layout), [params, latent] as const);
    const made = (await program.run(params, latent)) as Tensor;
    expect(made.shape).toEqual([FRAMES, layout.tokens, 3]);
    closeTo(
      made,
      rowsOf(latent.data, LATENT_WIDTH).flatMap((row) => decodeReference(params, layout, row).flat()),
    );
    await program.dispose();
  });
});

describe('the encoders of the shared space', () => {
  let params: AlignedSpaceParams;
  beforeAll(() => {
    params = awake(initAlignedSpace(rng, { features: FEATURES, width: WIDTH }), 'space');
  });

  test('embed a window of sound as their definition in f64 does', async () => {
    const windows = rng.normal([FRAMES, CONTEXT, FEATURES]);
    const program = await compile((p, w) => embedAudio(p, w, HEADS), [params, windows] as const);
    const wanted = Array.from({ length: FRAMES }, (_, frame) => {
      const own = rowsOf(windows.data.slice(frame * CONTEXT * FEATURES, (frame + 1) * CONTEXT * FEATURES), FEATURES);
      const tokens = own.map((row, k) => [...row, ...own.map((_row, j) => (j === k ? 1 : 0))]);
      const read = perceiverReference(params.audio.perceiver, tokens).flat();
      return unitReference(mlpReference(params.audio.head, [read]))[0];
    });
    closeTo((await program.run(params, windows)) as Tensor, wanted.flat());
    await program.dispose();
  });

  test('embed motion as their definition in f64 does', async () => {
    const latent = rng.normal([FRAMES, LATENT_WIDTH]);
    const program = await compile((p, x) => embedMotion(p, x), [params, latent] as const);
    closeTo(
      (await program.run(params, latent)) as Tensor,
      unitReference(mlpReference(params.motion, rowsOf(latent.data, LATENT_WIDTH))).flat(),
    );
    await program.dispose();
  });

  test('have the widths that their model says, and streams of their own', () => {
    const fresh = initAlignedSpace(createRng(1), { features: FEATURES, width: WIDTH });
    expect(fresh.audio.perceiver.latents.shape).toEqual([2, WIDTH]);
    expect(fresh.audio.perceiver.blocks).toHaveLength(0);
    expect(fresh.audio.perceiver.mlp.layers[0].weight.shape).toEqual([WIDTH, 2 * WIDTH]);
    expect(fresh.audio.head.layers.map(({ weight }) => weight.shape)).toEqual([
      [2 * WIDTH, 128],
      [128, 64],
    ]);
    expect(fresh.motion.layers.map(({ weight }) => weight.shape)).toEqual([
      [192, 128],
      [128, 64],
    ]);
    const firsts = [fresh.audio.head, fresh.motion].map(({ layers }) => layers[1].weight.data[0]);
    expect(firsts[0]).not.toBe(firsts[1]);
  });

  test('leave a row of zeros at zero instead of dividing by it', async () => {
    const x = { shape: [2, 2], data: Float32Array.of(3, 4, 0, 0) };
    const program = await compile((rows) => unit(rows), [x] as const);
    const { data } = (await program.run(x)) as Tensor;
    expect(data[0]).toBeCloseTo(0.6, 6);
    expect(data[1]).toBeCloseTo(0.8, 6);
    expect([data[2], data[3]]).toEqual([0, 0]);
    await program.dispose();
  });
});

test('a part without particles has no networks', () => {
  const layout = createMotionLayout(smallRig.positions.subarray(0, 21), smallRig.regions.subarray(0, 7), []);
  const codec = initMotionCodec(createRng(4), layout, { latents: 3, width: 8, heads: 2, hidden: 8 });
  expect(Object.keys(codec)).toEqual(['body', 'face']);
});

test('a codec starts with the widths and gains that it says', () => {
  const layout = createMotionLayout(smallRig.positions, smallRig.regions, [rng.normal([9, 8, 3]).data]);
  const codec = initMotionCodec(createRng(4), layout, { latents: 3, width: 32, heads: 4, hidden: 40 });
  expect(Object.keys(codec)).toEqual(['body', 'face', 'hand']);
  const { body } = codec;
  const tokens = layout.parts[0].tokens;
  expect(body.perceiver.latents.shape).toEqual([3, 32]);
  expect(body.perceiver.blocks).toHaveLength(0);
  expect(body.perceiver.mlp.layers[0].weight.shape).toEqual([32, 64]);
  expect(body.read.weight.shape).toEqual([96, 64]);
  expect(body.direct.weight.shape).toEqual([3 * tokens, 64]);
  expect(body.decoder.layers.map(({ weight }) => weight.shape)).toEqual([
    [64, 40],
    [40, 3 * tokens],
  ]);
  const gain = ({ data, shape }: Tensor): number =>
    Math.sqrt((data.reduce((sum, value) => sum + value * value, 0) / data.length) * shape[0]);
  expect(gain(body.read.weight)).toBeCloseTo(0.5, 1);
  expect(gain(body.decoder.layers[1].weight)).toBeCloseTo(0.3, 1);
  expect(gain(body.direct.weight)).toBeCloseTo(1, 1);
  const firsts = [body.direct, body.decoderDirect, body.read, codec.face.read, codec.hand.read].map(
    ({ weight }) => (weight.data[0] / gain(weight)) * Math.sqrt(weight.shape[0]),
  );
  expect(new Set(firsts.map((value) => value.toFixed(3))).size).toBe(5);
});
