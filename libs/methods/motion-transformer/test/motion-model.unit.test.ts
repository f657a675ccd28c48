import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Model } from '@soliloquy/ports';
import { compile, createRng, flattenPaths, readOnnxMetadata, type Tensor } from '@soliloquy/tensor';
import { decodeSafetensors, encodeSafetensors } from '@soliloquy/tensor/safetensors';
import {
  initMotionTransformer,
  motionTransformer,
  openMotionModel,
  packMotionModel,
  trainedNetwork,
  type MotionModelContents,
} from '../src/index.ts';
import { motionModel, type PackedMotionModel } from '../src/motion-port.ts';

const rng = createRng('motion model');
const SIZE = { latent: 6, audio: 5, width: 8, layers: 1, heads: 2, reach: 2 };
const vector = (length: number, offset = 0): Float32Array => rng.normal([length]).data.map((x) => Math.abs(x) + offset);
/** Not as it starts out: adaLN-Zero would be deaf to the noise step. */
const params = initMotionTransformer(rng, SIZE);
for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
  rng
    .fork(path)
    .normal(shape)
    .data.forEach((value, i) => ((data as Float32Array)[i] += 0.3 * value));
const contents: MotionModelContents = {
  params,
  size: SIZE,
  frames: 7,
  noiseSteps: 50,
  motion: { mean: vector(6), scale: vector(6, 0.5) },
  audio: { mean: vector(5), scale: vector(5, 0.5) },
  partVariance: Float32Array.of(1, 2, 3),
  card: { steps: 3, losses: [3, 2, 1] },
};
const packed = packMotionModel(contents);

/** Another hand's model on its way through the port. */
async function refusal(change: (given: { files: Record<string, Uint8Array>; card: Record<string, unknown> }) => void) {
  const foreign = { kind: 'motion', files: { ...packed.files }, card: { ...packed.card } };
  change(foreign);
  const files = await motionModel.encode(foreign as PackedMotionModel);
  return motionModel.decode(files).then(
    () => 'taken',
    (error: Error) => error.message,
  );
}
/** The file of scales with one tensor left out or replaced. */
const scalesWith = (change: Record<string, Tensor | undefined>): Uint8Array => {
  const { tensors } = decodeSafetensors(packed.files['scales.safetensors']);
  return encodeSafetensors(
    Object.fromEntries(Object.entries({ ...tensors, ...change }).filter(([, tensor]) => tensor !== undefined)) as never,
  );
};

describe('a motion model', () => {
  let back: PackedMotionModel;
  beforeAll(async () => {
    back = await motionModel.decode(await motionModel.encode(packed));
  });

  test('comes through its port as it was packed, with what else its card says', () => {
    expect(back).toEqual(packed);
    expect(back.card).toEqual({ frames: 7, noiseSteps: 50, ...SIZE, steps: 3, losses: [3, 2, 1] });
  });

  test('keeps how somebody blinks; a model of before, or of clips without a blink, has none', async () => {
    const blinks = { examples: [vector(3 * 2 * 3), vector(3 * 2 * 3)], frames: 3, interval: 4.5 };
    const blinking = packMotionModel({ ...contents, blinks });
    const opened = await openMotionModel(await motionModel.decode(await motionModel.encode(blinking)), 1);
    expect(opened.blinks).toEqual(blinks);
    await opened.dispose();
    const before = await openMotionModel(packed, 1);
    expect(before).not.toHaveProperty('blinks');
    await before.dispose();
  });

  test('blinks of another shape are refused by name', async () => {
    const files = { ...packed.files, 'blinks.safetensors': packed.files['scales.safetensors'] };
    await expect(openMotionModel({ ...packed, files } as PackedMotionModel, 1)).rejects.toMatchObject({
      code: 'motion-model.blinks',
    });
  });

  test('opens with sizes, variances and the network that was packed', async () => {
    const opened = await openMotionModel(back, 1);
    expect(opened).toMatchObject({ frames: 7, noiseSteps: 50, latent: 6, audio: 5 });
    expect([...opened.partVariance]).toEqual([1, 2, 3]);
    const window = { x: rng.normal([7, 6]).data, audio: rng.normal([7, 5]).data, tau: 31, start: 12 };
    const given = {
      x: { shape: [1, 7, 6], data: window.x },
      audio: { shape: [1, 7, 5], data: window.audio },
      tau: { shape: [1], data: Float32Array.of(31) },
      start: { shape: [1], data: Float32Array.of(12) },
    };
    const direct = await compile((p, inputs) => motionTransformer(p, inputs, SIZE), [contents.params, given] as const);
    const wanted = ((await direct.run(contents.params, given)) as Tensor).data;
    const made = await opened.predict(window);
    expect(made).toHaveLength(42);
    wanted.forEach((value, i) => expect(made[i]).toBeCloseTo(value, 5));
    const other = await opened.predict({ ...window, tau: 3 });
    expect(other).not.toEqual(made);
    expect(await opened.predict({ ...window, start: 500 })).not.toEqual(made);
    await opened.dispose();
    await direct.dispose();
  });

  test('standardises what is heard, and gives x_t back as the aligned space knows it', async () => {
    const opened = await openMotionModel(back, 1);
    const condition = rng.normal([4, 5]).data;
    const before = condition.slice();
    opened.standardiseAudio(condition, 4).forEach((value, i) => {
      expect(value).toBeCloseTo((condition[i] - contents.audio.mean[i % 5]) / contents.audio.scale[i % 5], 5);
    });
    expect(condition).toEqual(before);
    const x = rng.normal([3, 6]).data;
    opened.restoreLatent(x).forEach((value, i) => {
      expect(value).toBeCloseTo(x[i] * contents.motion.scale[i % 6] + contents.motion.mean[i % 6], 5);
    });
    expect(() => opened.standardiseAudio(condition, 5)).toThrow(
      expect.objectContaining({
        code: 'motion-model.audio-width',
        message: expect.stringContaining(
          'model<motion>.audio: expected a condition of 5 numbers per frame, as in its training, got 4; ',
        ) as string,
      }),
    );
    await opened.dispose();
  });

  test('says in its network what goes in and how it was scaled, and nothing of the commit', () => {
    const { kind, ports, normalisation, ...rest } = readOnnxMetadata(packed.files['transformer.onnx']);
    expect(kind).toBe('motion');
    expect(rest).toEqual({});
    expect(JSON.parse(ports)).toEqual({
      x: expect.stringContaining('noisy x_t'),
      audio: expect.stringContaining('heard'),
      tau: expect.stringContaining('noise step'),
      start: expect.stringContaining('first frame'),
      clean: expect.stringContaining('without its noise'),
    });
    expect(JSON.parse(normalisation)).toEqual({
      x: { mean: [...contents.motion.mean], deviation: [...contents.motion.scale] },
      audio: { mean: [...contents.audio.mean], deviation: [...contents.audio.scale] },
    });
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    for (const bytes of Object.values(packed.files)) expect(Buffer.from(bytes).includes(commit)).toBe(false);
    expect(packMotionModel(contents)).toEqual(packed);
  });

  test.each<[string, (given: { files: Record<string, Uint8Array>; card: Record<string, unknown> }) => void, string]>([
    [
      'its network',
      ({ files }) => delete files['transformer.onnx'],
      'model<motion>.files: expected transformer.onnx, got scales.safetensors; ',
    ],
    [
      'its scales',
      ({ files }) => delete files['scales.safetensors'],
      'model<motion>.files: expected scales.safetensors, got transformer.onnx; ',
    ],
    ...(['motionMean', 'motionScale', 'partVariance', 'audioMean', 'audioScale'] as const).map(
      (name): [string, (given: { files: Record<string, Uint8Array> }) => void, string] => [
        name,
        ({ files }) => (files['scales.safetensors'] = scalesWith({ [name]: undefined })),
        `model<motion>.files.scales.safetensors: expected tensor ${name}, got `,
      ],
    ),
    ...(['frames', 'noiseSteps'] as const).map(
      (name): [string, (given: { card: Record<string, unknown> }) => void, string] => [
        `card.${name}`,
        ({ card }) => delete card[name],
        `model<motion>.card.${name}: expected number, got undefined; `,
      ],
    ),
    [
      'a whole number of frames',
      ({ card }) => (card.frames = '8'),
      'model<motion>.card.frames: expected number, got string; ',
    ],
  ])('of another hand that lacks %s is refused by that name', async (_what, change, message) => {
    expect(await refusal(change)).toContain(message);
  });

  test('with means and deviations of two trainings is refused by name', async () => {
    const model: Model = {
      ...packed,
      files: {
        ...packed.files,
        'scales.safetensors': scalesWith({ audioScale: { shape: [4], data: new Float32Array(4) } }),
      },
    };
    await expect(openMotionModel(model as PackedMotionModel, 1)).rejects.toMatchObject({
      code: 'motion-model.scales',
      message: expect.stringContaining(
        'model<motion>.files.scales.safetensors.audioScale: expected f32 [5], as many as audioMean, got f32 [4]; ',
      ) as string,
    });
  });
});

describe('training goes on', () => {
  test('from the parameters, the size and the scales that were packed, to the bit', () => {
    const { params: own, size, frames, motion, audio } = trainedNetwork(packed);
    const [found, wanted] = [own, params].map((tree) => flattenPaths(tree));
    expect(Object.keys(found)).toEqual(Object.keys(wanted));
    for (const [path, { shape, data }] of Object.entries(wanted)) {
      expect(found[path].shape, path).toEqual(shape);
      expect(found[path].data, path).toEqual(data);
    }
    expect({ size, frames, motion, audio }).toEqual({
      size: SIZE,
      frames: 7,
      motion: contents.motion,
      audio: contents.audio,
    });
  });

  test('not from a model of another hand', () => {
    const { width, ...card } = packed.card;
    expect(() => trainedNetwork({ ...packed, card: card as PackedMotionModel['card'] })).toThrow(
      'model<motion>.card: expected latent, audio, width, layers, heads and reach of its network, got no such; ',
    );
    const wider = { ...packed, card: { ...packed.card, width: 2 * (width as number) } };
    expect(() => trainedNetwork(wider)).toThrow('model<motion>.files.transformer.onnx: expected the parameters of');
  });
});
