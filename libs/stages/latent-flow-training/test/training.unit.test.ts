import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FlowClip } from '@soliloquy/latent-flow/clip-port';
import { openLatentFlow } from '@soliloquy/latent-flow/motion';
import { latentFlow } from '@soliloquy/latent-flow/port';
import { correlation } from '@soliloquy/signal';
import { stageContext } from '@soliloquy/testing';
import { latentFlowTrainingStage } from '../src/index.ts';
import { run } from '../src/training/backbones/transformer.ts';
import { layout, smallClip } from './small-corpus.ts';

const clips = Array.from({ length: 5 }, (_, i) => smallClip(`clip ${i}`));
const SMALL = {
  steps: 3,
  batch: 2,
  frames: 32,
  noiseSteps: 20,
  torsoWidth: 2,
  armsWidth: 2,
  headWidth: 2,
  mouthWidth: 2,
  width: 16,
  layers: 1,
  heads: 2,
  reach: 4,
};
const learn = (given: Record<string, unknown> = {}, flow: FlowClip[] = clips, ctx = stageContext({ seed: 5 })) => {
  const all = { ...SMALL, ...given };
  return run(
    { flow },
    {
      ...latentFlowTrainingStage.params.parse(all),
      ...latentFlowTrainingStage.backbones.transformer.params.parse(all),
    },
    ctx,
  );
};
const digestOf = (files: Readonly<Record<string, Uint8Array>>): string =>
  ['basis.safetensors', 'denoiser.onnx']
    .reduce((hash, name) => hash.update(files[name]), createHash('sha256'))
    .digest('hex');
const fault = async (given: unknown) =>
  Promise.resolve(given)
    .then(() => undefined)
    .catch((error) => error);

describe('training of latent flow', () => {
  let trained: Awaited<ReturnType<typeof learn>>;
  beforeAll(async () => {
    trained = await learn({ heldOut: 'the voice awb' });
  });

  test('gives a model that its port takes, and a card that says what it learned from', async () => {
    const { card } = await latentFlow.decode(await latentFlow.encode(trained.model));
    expect(card).toMatchObject({ points: 'v1', clips: 5, seconds: 8, steps: 3, seed: 5, heldOut: 'the voice awb' });
    expect(card.corpus).toMatch(/^[0-9a-f]{64}$/);
    expect(card).toMatchObject(trained.metrics.values);
  });

  // The digest is that of Linux on x64; another processor may round the last bit of a sum differently.
  test.runIf(process.platform === 'linux' && process.arch === 'x64')('gives the bytes that it always gave', () => {
    expect(digestOf(trained.model.files)).toBe('51427fed4744203429a3570983d634a06ded3f60e259b351f73154e635b1d7f2');
  });

  test('gives the same bytes for the same seed, others for another and for another corpus', async () => {
    expect(digestOf((await learn()).model.files)).toBe(digestOf(trained.model.files));
    expect(digestOf((await learn({}, clips, stageContext({ seed: 6 }))).model.files)).not.toBe(
      digestOf(trained.model.files),
    );
    const other = await learn({}, clips.slice(1));
    expect(other.model.card.corpus).not.toBe(trained.model.card.corpus);
  });

  test('learns mouths that follow a voice it never heard, and bodies that do not depend on it', async () => {
    const { model } = await learn(
      { steps: 250, batch: 8, width: 32, layers: 2, learningRate: 0.004 },
      Array.from({ length: 16 }, (_, i) => smallClip(`one of many ${i}`)),
    );
    const flow = await openLatentFlow(model, 1);
    const unheard = smallClip('another voice', 60);
    const speech = { ...unheard, manner: flow.manners.usual };
    const mouth = layout.ranges.find(({ part }) => part === 'mouth')!;
    const loudness = Array.from({ length: 60 }, (_, f) => unheard.heard[3 * f + 1]);
    const sampled = async (seed: number) => {
      const sampling = { steps: 10, eta: 1, guidance: 1, overlap: 8, seed, step: async () => {} };
      const { tokens } = flow.decode(await flow.sample(speech, sampling));
      const at = (i: number) => Array.from({ length: 60 }, (_, f) => tokens[f * layout.width + i]);
      return { mouth: at(mouth.from + 3), body: at(4) };
    };
    const films = [await sampled(1), await sampled(2), await sampled(3), await sampled(4)];
    await flow.dispose();
    for (const film of films) expect(correlation(film.mouth, loudness)).toBeGreaterThan(0.9);
    const pairs = films.flatMap((film, i) => films.slice(i + 1).map((other) => correlation(film.body, other.body)));
    expect(Math.min(...pairs)).toBeLessThan(0.7);
  }, 120_000);

  test('leaves out a clip that was not followed, says which, and refuses where most were not', async () => {
    const lost = smallClip('lost', 40, { followed: Float32Array.of(1, 0.5, 1, 1) });
    const ctx = stageContext();
    const { model } = await learn({}, [...clips, lost], ctx);
    expect(model.card.clips).toBe(5);
    expect(ctx.logs.join()).toContain('flow[5]: left out, followed only: arms 50%');
    expect(await fault(learn({}, [clips[0], lost, lost]))).toMatchObject({ code: 'stage.not-followed' });
  });

  test.each([
    ['stage.other-points', { points: 'v0' }],
    ['stage.clip-mismatch', { fps: 30 }],
    ['stage.clip-mismatch', { phoneEncoder: 'another' }],
    ['stage.clip-mismatch', { heard: new Float32Array(40 * 4) }],
  ] as const)('refuses a clip with %s by its number', async (code, given) => {
    const error = await fault(learn({}, [...clips, smallClip('strange', 40, given)]));
    expect(error).toMatchObject({ code, where: 'latent-flow-training.flow[5]' });
  });

  test('refuses clips that are shorter than T, and a width that heads do not divide', async () => {
    expect(await fault(learn({ frames: 50 }))).toMatchObject({ code: 'stage.clip-short' });
    expect(await fault(learn({ heads: 3 }))).toMatchObject({ code: 'stage.bad-params' });
  });
});
