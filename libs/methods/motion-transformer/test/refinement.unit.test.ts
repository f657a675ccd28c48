import { describe, expect, test } from 'vitest';
import { compile, createRng, flattenPaths, type Tensor } from '@soliloquy/tensor';
import {
  denoise,
  initMotionTransformer,
  initRefinement,
  openMotionModel,
  packMotionModel,
  refinementTransformer,
  type Sampling,
} from '../src/index.ts';

const T = 7;
const rng = createRng('refinement');
const SIZE = { latent: 6, audio: 5, width: 8, layers: 1, heads: 2, reach: 2 };
const REFINED = { ...SIZE, refined: 4 };
function stirred<Tree extends Parameters<typeof flattenPaths>[0]>(params: Tree): Tree {
  for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
    rng
      .fork(path)
      .normal(shape)
      .data.forEach((value, i) => ((data as Float32Array)[i] += 0.3 * value));
  return params;
}
const contents = {
  params: stirred(initMotionTransformer(rng.fork('student'), SIZE)),
  size: SIZE,
  frames: T,
  noiseSteps: 50,
  motion: { mean: new Float32Array(6), scale: new Float32Array(6).fill(1) },
  audio: { mean: new Float32Array(5), scale: new Float32Array(5).fill(1) },
  partVariance: Float32Array.of(1, 2, 3),
  card: {},
};
const empty = { params: initRefinement(rng.fork('empty'), REFINED), size: REFINED };
const taught = { params: stirred(initRefinement(rng.fork('taught'), REFINED)), size: REFINED };
const condition = rng.normal([2 * T, SIZE.audio]).data;
const sampling: Sampling = { steps: 6, eta: 1, guidance: 1, overlap: 3, seed: 4, step: async () => {} };
async function sampled(refinement?: typeof empty, steps = sampling.steps): Promise<Float32Array> {
  const model = await openMotionModel(packMotionModel({ ...contents, refinement }), 1);
  try {
    return await denoise(model, condition, { ...sampling, steps });
  } finally {
    await model.dispose();
  }
}

describe('a refinement', () => {
  test('that learned nothing changes no bit of what is sampled', async () => {
    expect(await sampled(empty)).toEqual(await sampled());
  });

  test('that learned something changes face and hands, of the last prediction at the end', async () => {
    const [plain, refined] = [await sampled(), await sampled(taught)];
    expect(refined).not.toEqual(plain);
    // One step: the only prediction is refined, and what a part gets does not come back into another.
    const [once, changed] = [await sampled(undefined, 1), await sampled(taught, 1)];
    for (let i = 0; i < once.length; i++)
      if (i % 6 < 2) expect(changed[i]).toBe(once[i]);
      else expect(changed[i]).not.toBe(once[i]);
  });

  test('is an optional file: a model without one has none', () => {
    expect(Object.keys(packMotionModel(contents).files)).toEqual(['transformer.onnx', 'scales.safetensors']);
    expect(Object.keys(packMotionModel({ ...contents, refinement: taught }).files)).toContain('refinement.onnx');
  });

  test('knows the number of a frame: another first frame, another answer', async () => {
    const inputs = {
      x: rng.normal([1, T, 6]),
      audio: rng.normal([1, T, 5]),
      start: { shape: [1], data: Float32Array.of(0) },
    };
    const network = await compile((p, given) => refinementTransformer(p, given, REFINED), [
      taught.params,
      inputs,
    ] as const);
    const at = async (start: number) =>
      ((await network.run(taught.params, { ...inputs, start: { shape: [1], data: Float32Array.of(start) } })) as Tensor)
        .data;
    const [first, shifted] = [await at(0), await at(1)];
    // Frame t + 1 of one is told the number of frame t of the other, but nothing else of it.
    expect(first).not.toEqual(shifted);
    expect(first.every(Number.isFinite)).toBe(true);
    await network.dispose();
  });
});
