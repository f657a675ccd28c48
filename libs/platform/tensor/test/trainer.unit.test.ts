import { createHash } from 'node:crypto';
import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { createRng, createTrainer, warmupCosine, type Tensor } from '../src/index.ts';
import { initMlp, initTransformerBlock, mlp, transformerBlock } from '../src/modules/index.ts';
import type { AdamWOptions } from '../src/optimizers.ts';
import { decodeSafetensors, encodeSafetensors } from '../src/safetensors.ts';

const rng = createRng('trainer');
const target = rng.normal([6, 2]);

/** y = x A with noise-free targets. */
function batchOf(seed: number): { x: Tensor; y: Tensor } {
  const x = createRng(seed).normal([32, 6]);
  const y = new Float32Array(64);
  for (let i = 0; i < 32; i++)
    for (let j = 0; j < 2; j++) for (let k = 0; k < 6; k++) y[2 * i + j] += x.data[6 * i + k] * target.data[2 * k + j];
  return { x, y: { shape: [32, 2], data: y } };
}

function create(options: Partial<AdamWOptions> & { ema?: number; threads?: number } = {}) {
  const { ema, threads, ...optimizer } = options;
  return createTrainer({
    params: initMlp(createRng(1), { widths: [6, 16, 2] }),
    batchExample: batchOf(0),
    loss: (params, { x, y }) => {
      const error = mlp(params, x).sub(y);
      return { loss: np.square(error.ref).mean(), aux: { worst: np.abs(error).max() } };
    },
    optimizer: { kind: 'adamw', learningRate: 1e-2, ...optimizer },
    ema,
    threads,
  });
}

test('training learns a linear map and reports loss, aux, norm and rate by name', async () => {
  const trainer = await create({ clipNorm: 1, learningRate: warmupCosine({ peak: 2e-2, warmup: 10, total: 300 }) });
  const first = await trainer.step(batchOf(1));
  let last = first;
  for (let i = 2; i < 300; i++) last = await trainer.step(batchOf(i));
  expect(first).toMatchObject({ step: 1, learningRate: 2e-3 });
  expect(first.aux.worst).toBeGreaterThan(first.loss ** 0.5);
  expect(first.gradNorm).toBeGreaterThan(0);
  expect(last.loss).toBeLessThan(first.loss / 100);
});

test('the same run gives the same bytes, on any number of threads', async () => {
  const digests = new Set<string>();
  for (const threads of [1, 1, 2]) {
    const wide = createRng(3);
    const trainer = await createTrainer({
      params: initTransformerBlock(createRng(2), { width: 64 }),
      batchExample: { x: wide.normal([4, 50, 64]) },
      loss: (params, { x }) => np.square(transformerBlock(params, x, { heads: 4 })).mean(),
      optimizer: { kind: 'adamw', learningRate: 1e-3, clipNorm: 1 },
      threads,
    });
    for (let i = 0; i < 3; i++) await trainer.step({ x: wide.normal([4, 50, 64]) });
    digests.add(createHash('sha256').update(encodeSafetensors(trainer.state().tensors)).digest('hex'));
    await trainer.dispose();
  }
  expect(digests.size).toBe(1);
});

test('gradients of repeated indices add up in the same order on any number of threads', async () => {
  const digests = new Set<string>();
  const ids = createRng(4).integers([4096], 16);
  const values = createRng(5).normal([4096, 8]);
  for (const threads of [1, 2]) {
    for (let repeat = 0; repeat < 3; repeat++) {
      const trainer = await createTrainer({
        params: { table: createRng(6).normal([16, 8]) },
        batchExample: { ids, values },
        loss: (params, batch) => np.square(np.take(params.table, batch.ids, 0).sub(batch.values)).sum(),
        optimizer: { kind: 'adamw', learningRate: 1e-3 },
        threads,
      });
      const { gradNorm } = await trainer.step({ ids, values });
      digests.add(`${gradNorm} ${createHash('sha256').update(trainer.params().table.data).digest('hex')}`);
      await trainer.dispose();
    }
  }
  expect(digests.size).toBe(1);
});

test('a stored and restored trainer goes on as if it had never stopped', async () => {
  const straight = await create({ ema: 0.9 });
  const before = await create({ ema: 0.9 });
  for (let i = 0; i < 4; i++) await straight.step(batchOf(i));
  for (let i = 0; i < 2; i++) await before.step(batchOf(i));
  const { step, tensors } = before.state();
  const stored = decodeSafetensors(encodeSafetensors(tensors)).tensors as Record<string, Tensor>;
  const after = await create({ ema: 0.9 });
  after.restore({ step, tensors: stored });
  for (let i = 2; i < 4; i++) await after.step(batchOf(i));
  expect(after.params()).toEqual(straight.params());
  expect(after.emaParams()).toEqual(straight.emaParams());
});

test('a loss that is not finite is a named error and leaves the parameters as they were', async () => {
  const trainer = await create({ ema: 0.9 });
  await trainer.step(batchOf(0));
  const before = trainer.state();
  const bad = batchOf(1);
  bad.x.data[3] = NaN;
  await expect(trainer.step(bad)).rejects.toMatchObject({
    code: 'tensor.diverged',
    message: expect.stringMatching(/trainer\.loss: .*NaN .*at step 2/),
  });
  expect(trainer.state()).toEqual(before);
  expect((await trainer.step(batchOf(1))).step).toBe(2);
});

test('weight decay spares the parameters it is told to spare', async () => {
  const rest = { learningRate: 0.1, weightDecay: 0.5 };
  const zero = {
    x: { shape: [32, 6], data: new Float32Array(192) },
    y: { shape: [32, 2], data: new Float32Array(64) },
  };
  const trainer = await create({ ...rest, decays: (path) => path === 'layers.0.weight' });
  const start = trainer.params().layers;
  await trainer.step(zero);
  const end = trainer.params().layers;
  // All gradients are zero, since inputs, biases and targets are: only decay moves anything.
  end[0].weight.data.forEach((value, i) => expect(value).toBeCloseTo(start[0].weight.data[i] * 0.95, 6));
  expect(end[1]).toEqual(start[1]);
});

test('warm-up rises to the peak and the cosine ends at the floor', () => {
  const rate = warmupCosine({ peak: 1, warmup: 4, total: 10, floor: 0.1 });
  expect([0, 1, 2, 3, 4].map(rate)).toEqual([0.25, 0.5, 0.75, 1, 1]);
  expect(rate(7)).toBeCloseTo(0.55, 10);
  expect([10, 50].map(rate)).toEqual([0.1, 0.1]);
  expect(() => warmupCosine({ peak: 1, warmup: 11, total: 10 })).toThrow(/expected 0 <= warmup <= total/);
});
