import { beforeAll, describe, expect, test } from 'vitest';
import { createRng, loadOnnx, readOnnxMetadata, type Tensor } from '@soliloquy/tensor';
import { decodeSafetensors } from '@soliloquy/tensor/safetensors';
import { stageContext } from '@soliloquy/testing';
import { clip, digestsOf, spaceOf, voice } from '../../../methods/motion-clips/test/small-person.ts';
import { motionTrainingStage } from '../src/index.ts';
import { run } from '../src/motion-training/backbones/transformer.ts';

const paramsWith = (given: Record<string, unknown> = {}) => {
  const all = { steps: 3, batch: 2, frames: 8, width: 16, layers: 1, heads: 2, ...given };
  return {
    ...motionTrainingStage.params.parse(all),
    ...motionTrainingStage.backbones.transformer.params.parse(all),
  };
};
const clips = [clip(), clip()];
const inputs = { deformation: clips, audio: [voice(), voice()], space: spaceOf(clips) };

type Trained = Awaited<ReturnType<typeof run>>;
let trained: Trained;
const steps: [number, number, string | undefined][] = [];
beforeAll(async () => {
  trained = await run(
    inputs,
    paramsWith(),
    stageContext({ progress: (done, total, note) => steps.push([done, total, note]) }),
  );
});

test('the saved network says what goes in and how it was scaled', () => {
  const about = readOnnxMetadata(trained.model.files['transformer.onnx']);
  expect(about).toMatchObject({ kind: 'motion' });
  expect(Object.keys(JSON.parse(about.ports))).toEqual(['x', 'audio', 'tau', 'start', 'clean']);
  const { tensors } = decodeSafetensors(trained.model.files['scales.safetensors']);
  const { x, audio } = JSON.parse(about.normalisation);
  expect([x.mean, x.deviation, audio.mean, audio.deviation]).toEqual(
    [tensors.motionMean, tensors.motionScale, tensors.audioMean, tensors.audioScale].map(({ data }) => [...data]),
  );
});

test('its inputs and outputs are the ports that it names', async () => {
  const bytes = trained.model.files['transformer.onnx'];
  const program = await loadOnnx(bytes);
  const names = [...program.inputs, ...program.outputs].map(({ name }) => name);
  expect(names).toEqual(Object.keys(JSON.parse(readOnnxMetadata(bytes).ports)));
  const rng = createRng('feeds');
  const feeds = Object.fromEntries(
    program.inputs.map(({ name, shape }): [string, Tensor] => [name, rng.normal(shape)]),
  );
  const { clean } = await program.run(feeds);
  expect(clean.shape).toEqual([1, 8, 192]);
  expect(clean.data.every(Number.isFinite)).toBe(true);
  await program.dispose();
});

test('the card says what was trained, and the curve is there step by step', () => {
  const { card } = trained.model;
  expect(card).toMatchObject({ frames: 8, noiseSteps: 200, latent: 192, width: 16, layers: 1, heads: 2, steps: 3 });
  const losses = card.losses as number[];
  expect(losses).toHaveLength(3);
  expect(trained.metrics.curves).toEqual({ loss: losses });
  expect(trained.metrics.values.loss).toBe(losses[2]);
  expect(trained.metrics.about?.loss.better).toBe('lower');
  expect(steps).toEqual(losses.map((loss, i) => [i + 1, 3, `loss ${loss.toFixed(4)}`]));
});

describe('training', () => {
  test('gives the same bytes for the same seed, others for another', async () => {
    const again = await run(inputs, paramsWith(), stageContext());
    expect(digestsOf(again.model.files)).toEqual(digestsOf(trained.model.files));
    expect(again.model.card).toEqual(trained.model.card);
    const other = digestsOf((await run(inputs, paramsWith(), stageContext({ seed: 2 }))).model.files);
    const own = digestsOf(trained.model.files);
    expect(other['transformer.onnx']).not.toBe(own['transformer.onnx']);
    expect(other['scales.safetensors']).toBe(own['scales.safetensors']);
  });

  test('learns: after a hundred steps the loss is well below that of the first ones', async () => {
    const { metrics } = await run(
      inputs,
      paramsWith({ steps: 100, learningRate: 0.01, noiseSteps: 4 }),
      stageContext(),
    );
    const losses = metrics.curves?.loss as number[];
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.8 * mean(losses.slice(0, 10)));
    expect(metrics.values.loss).toBeCloseTo(mean(losses.slice(-10)), 12);
  }, 120_000);

  test('changes with the weight of velocities and with slow motion', async () => {
    for (const given of [{ velocityWeight: 0 }, { slowMotion: 0 }]) {
      const other = digestsOf((await run(inputs, paramsWith(given), stageContext())).model.files);
      expect(other['transformer.onnx'], JSON.stringify(given)).not.toBe(
        digestsOf(trained.model.files)['transformer.onnx'],
      );
    }
  });

  test('stops where it is cancelled', async () => {
    const stop = new AbortController();
    const ctx = stageContext({
      signal: stop.signal,
      progress: (done) => done === 2 && stop.abort(new Error('enough')),
    });
    await expect(run(inputs, paramsWith({ steps: 1000 }), ctx)).rejects.toThrow('enough');
  });

  test('refuses heads that do not divide the width', async () => {
    await expect(run(inputs, paramsWith({ heads: 3 }), stageContext())).rejects.toMatchObject({
      code: 'stage.bad-params',
      message: 'motion-training.params.heads: expected a divisor of the width 16, got 3; change one of them',
    });
  });
});
