import { describe, expect, test } from 'vitest';
import { createRng, flattenPaths } from '@soliloquy/tensor';
import { halveWeights } from '@soliloquy/tensor/half-weights';
import { fewerFrames } from '../src/fewer-frames.ts';
import { initMotionTransformer, openMotionModel, packMotionModel, type PackedMotionModel } from '../src/index.ts';

const SIZE = { latent: 6, audio: 5, width: 8, layers: 2, heads: 2, reach: 3 };
const rng = createRng('fewer frames');
const params = initMotionTransformer(rng, SIZE);
// Not as it starts out: adaLN-Zero would be deaf to the noise step.
for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
  rng
    .fork(path)
    .normal(shape)
    .data.forEach((value, i) => ((data as Float32Array)[i] += 0.3 * value));

function packed(frames: number): PackedMotionModel {
  const scale = (width: number) => ({ mean: new Float32Array(width), scale: new Float32Array(width).fill(1) });
  return packMotionModel({
    params,
    size: SIZE,
    frames,
    noiseSteps: 50,
    motion: scale(SIZE.latent),
    audio: scale(SIZE.audio),
    partVariance: new Float32Array(3),
    card: {},
  });
}

async function predicted({ files, card }: PackedMotionModel, frames: number): Promise<Float32Array> {
  const model = await openMotionModel({ kind: 'motion', files, card: { ...card, frames } }, 1);
  const draw = createRng('window');
  const clean = await model.predict({
    x: draw.fork('x').normal([frames * SIZE.latent]).data,
    audio: draw.fork('audio').normal([frames * SIZE.audio]).data,
    tau: 20,
    start: 77,
  });
  await model.dispose();
  return clean;
}

describe('a transformer that is cut to fewer frames', () => {
  test.each([
    [125, 48],
    [40, 39],
    [40, 1],
  ])('from %i to %i gives the bits of one that was written for so many', async (from, to) => {
    const whole = packed(from);
    const cut = fewerFrames(whole.files['transformer.onnx'], { from, to });
    expect(cut).toBeDefined();
    const files = { ...whole.files, 'transformer.onnx': cut as Uint8Array<ArrayBuffer> };
    expect(await predicted({ ...whole, files }, to)).toEqual(await predicted(packed(to), to));
  });

  test('may have its weights in 16 bits', async () => {
    const [whole, short] = [packed(125), packed(48)].map((model) => ({
      ...model,
      files: { ...model.files, 'transformer.onnx': halveWeights(model.files['transformer.onnx']) },
    })) as [PackedMotionModel, PackedMotionModel];
    const cut = fewerFrames(whole.files['transformer.onnx'], { from: 125, to: 48 }) as Uint8Array<ArrayBuffer>;
    const files = { ...whole.files, 'transformer.onnx': cut };
    expect(await predicted({ ...whole, files }, 48)).toEqual(await predicted(short, 48));
  });

  test('is left alone where its frames are as many as another of its sizes', () => {
    expect(fewerFrames(packed(8).files['transformer.onnx'], { from: 8, to: 4 })).toBeUndefined();
  });
});
