import { numpy as np } from '@jax-js/jax';
import { describe, expect, test } from 'vitest';
import {
  compile,
  createRng,
  createTrainer,
  encodeCheckpoint,
  restoreCheckpoint,
  trainLoop,
  zeros,
  type OptimizerOptions,
  type StepBatch,
} from '../src/index.ts';
import { initMlp, mlp } from '../src/modules/index.ts';
import { decodeSafetensors } from '../src/safetensors.ts';

type Batch = ReturnType<typeof batchOf>;

/** A batch that follows from the step's number. */
function batchOf(step: number) {
  const rng = createRng(`batch ${step}`);
  return { x: rng.normal([8, 6]), y: rng.normal([8, 2]) };
}

const create = (options: { optimizer?: OptimizerOptions; accumulate?: number; device?: 'cpu'; ema?: number } = {}) =>
  createTrainer({
    params: initMlp(createRng(1), { widths: [6, 16, 2] }),
    batchExample: batchOf(0),
    loss: (params, { x, y }) => {
      const error = mlp(params, x).sub(y);
      return { loss: np.square(error.ref).mean(), aux: { worst: np.abs(error).max() } };
    },
    optimizer: { kind: 'adamw', learningRate: (step) => 1e-2 / (step + 1), clipNorm: 1 },
    ema: 0.9,
    ...options,
  });

test('several steps in one call are the same steps to the bit', async () => {
  const [one, many] = [await create(), await create()];
  const batches = Array.from({ length: 5 }, (_, i) => batchOf(i));
  const single = [];
  for (const batch of batches) single.push(await one.step(batch));
  const called = [...(await many.steps(batches.slice(0, 3))), ...(await many.steps(batches.slice(3)))];
  expect(called).toEqual(single);
  expect(many.state()).toEqual(one.state());
});

test('accumulated batches are one large batch', async () => {
  const [small, large] = [
    await create({ accumulate: 3 }),
    await createTrainer({
      params: initMlp(createRng(1), { widths: [6, 16, 2] }),
      batchExample: { x: zeros([24, 6]), y: zeros([24, 2]) },
      loss: (params, { x, y }) => np.square(mlp(params, x).sub(y)).mean(),
      optimizer: { kind: 'adamw', learningRate: (step) => 1e-2 / (step + 1), clipNorm: 1 },
    }),
  ];
  const join = (parts: Batch[], name: 'x' | 'y') => ({
    shape: [24, parts[0][name].shape[1]],
    data: Float32Array.from(parts.flatMap((part) => [...part[name].data])),
  });
  for (let step = 0; step < 3; step++) {
    const parts = [0, 1, 2].map((i) => batchOf(3 * step + i));
    const got = await small.step(parts);
    const want = await large.step({ x: join(parts, 'x'), y: join(parts, 'y') });
    expect(got.loss).toBeCloseTo(want.loss, 5);
    expect(got.gradNorm).toBeCloseTo(want.gradNorm, 5);
  }
  small
    .params()
    .layers[0].weight.data.forEach((value, i) => expect(value).toBeCloseTo(large.params().layers[0].weight.data[i], 4));
  await expect(small.step(batchOf(0))).rejects.toMatchObject({
    code: 'tensor.shape',
    message: expect.stringMatching(/list of 3 batches/),
  });
  const two: StepBatch<Batch>[] = [[0, 1, 2].map(batchOf), [3, 4, 5].map(batchOf)];
  expect(await small.steps(two)).toHaveLength(2);
});

describe('the loop', () => {
  test('takes its steps, in calls of several, and reports each', async () => {
    const [one, many] = [await create(), await create()];
    const seen: number[] = [];
    const logged: [number, number][] = [];
    const first = await trainLoop(one, { steps: 10, batch: batchOf });
    const second = await trainLoop(many, {
      steps: 10,
      batch: batchOf,
      stepsPerCall: 4,
      onStep: ({ step }) => seen.push(step),
      scalar: (name, step, value) => void (name === 'loss' && logged.push([step, value])),
    });
    expect(second).toEqual(first);
    expect(logged).toEqual(second.losses.map((loss, index) => [index + 1, loss]));
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(second).toMatchObject({ stopped: 'done', step: 10 });
  });

  test.each(['adamw', 'sgd'] as const)('resumed from a checkpoint it goes on to the bit (%s)', async (kind) => {
    const optimizer: OptimizerOptions =
      kind === 'adamw' ? { kind, learningRate: 1e-2 } : { kind, learningRate: 1e-2, momentum: 0.9 };
    const straight = await create({ optimizer });
    const stopped = await create({ optimizer });
    const files: [number, Uint8Array][] = [];
    await trainLoop(straight, { steps: 12, batch: batchOf });
    await trainLoop(stopped, {
      steps: 7,
      batch: batchOf,
      stepsPerCall: 3,
      checkpoint: { every: 5, save: (bytes, step) => void files.push([step, bytes]) },
    });
    expect(files.map(([step]) => step)).toEqual([5, 7]);
    const resumed = await create({ optimizer });
    restoreCheckpoint(resumed, files[0][1]);
    await trainLoop(resumed, { steps: 12, batch: batchOf, stepsPerCall: 4 });
    expect(resumed.state()).toEqual(straight.state());
    expect(encodeCheckpoint(resumed)).toEqual(encodeCheckpoint(straight));
  });

  test('a checkpoint names every parameter in its own shape', async () => {
    const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(await create()));
    expect(tensors['secondMoments.layers.0.weight'].shape).toEqual([6, 16]);
    expect(Object.keys(tensors)).toHaveLength(4 * 4);
    expect(metadata).toMatchObject({ optimizer: 'adamw', step: '0' });
  });

  test('a checkpoint of another optimiser or other parameters is refused by name', async () => {
    const bytes = encodeCheckpoint(await create());
    const other = await create({ optimizer: { kind: 'sgd', learningRate: 0.1 } });
    expect(() => restoreCheckpoint(other, bytes)).toThrow(/expected sgd, got adamw/);
    const without = await create({ ema: undefined });
    expect(() => restoreCheckpoint(without, bytes)).toThrow(/checkpoint\.ema\..*got more/);
  });

  test('stops early when the score no longer falls, and says what was best', async () => {
    const scores = [3, 2, 2.5, 1.99, 2.1, 2.2];
    const trainer = await create();
    const result = await trainLoop(trainer, {
      steps: 100,
      batch: batchOf,
      stepsPerCall: 10,
      earlyStop: { every: 2, patience: 3, minDelta: 0.1, score: (step) => scores[step / 2 - 1] },
    });
    expect(result).toMatchObject({ stopped: 'early', step: 10, best: { score: 2, step: 4 } });
  });

  test('stops when it is cancelled, and keeps what was done', async () => {
    const controller = new AbortController();
    const saved: number[] = [];
    const result = await trainLoop(await create(), {
      steps: 100,
      batch: batchOf,
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 3) controller.abort();
      },
      checkpoint: { every: 50, save: (_, step) => void saved.push(step) },
    });
    expect(result).toMatchObject({ stopped: 'cancelled', step: 3 });
    expect(saved).toEqual([3]);
  });
});

describe('divergence', () => {
  const fragile = (f: (x: np.Array) => np.Array) =>
    createTrainer({
      name: 'fragile',
      params: { w: { shape: [3], data: Float32Array.of(1, 2, 3) } },
      batchExample: { x: zeros([3]) },
      loss: ({ w }, { x }) => f(w.ref.mul(x)).sum(),
      optimizer: { kind: 'sgd', learningRate: 0.1 },
    });
  const batch = (...x: number[]) => ({ x: { shape: [3], data: Float32Array.from(x) } });

  test('names the first operation that made NaN, and the line that called it', async () => {
    const trainer = await fragile((x) => np.sin(np.log(x).mul(2)));
    await expect(trainer.step(batch(1, -1, 1))).rejects.toMatchObject({
      code: 'tensor.diverged',
      message: expect.stringMatching(
        /^fragile\.loss: .*NaN.* at step 1 .*: NaN first comes out of log \[3\] \(called at .*unit\.test\.ts:\d+\)/,
      ),
    });
  });

  test('names the operation of a gradient, where the loss itself is finite', async () => {
    const trainer = await fragile((x) => np.sqrt(x));
    await expect(trainer.step(batch(1, 0, 1))).rejects.toMatchObject({
      code: 'tensor.diverged',
      message: expect.stringMatching(
        /^fragile\.gradient: .*NaN first comes out of mul \[3\] .*after infinity out of reciprocal \[3\]/,
      ),
    });
  });

  test('names an input that was not finite already', async () => {
    const trainer = await fragile((x) => np.sin(x));
    await expect(trainer.step(batch(1, Infinity, 1))).rejects.toMatchObject({
      message: expect.stringMatching(/input batch\.x holds Infinity at 1/),
    });
  });

  test('in a call of several steps it is the step that is named; none of them counts', async () => {
    const trainer = await fragile((x) => np.sin(np.log(x)));
    const before = trainer.state();
    const steps = trainer.steps([batch(1, 1, 1), batch(1, 1, 1), batch(1, -1, 1), batch(1, 1, 1)]);
    await expect(steps).rejects.toMatchObject({
      message: expect.stringMatching(/at step 3 .*NaN first comes out of log .*those of step 0/),
    });
    expect(trainer.state()).toEqual(before);
    expect((await trainer.step(batch(1, 1, 1))).step).toBe(1);
  });
});

describe('memory', () => {
  test('what a step needs is the parameters, what the optimiser remembers, and activations', async () => {
    const trainer = await create({ ema: undefined });
    const parameters = 4 * (6 * 16 + 16 + 16 * 2 + 2);
    // Parameters and two moments go in and come out.
    expect(trainer.memory.inputs).toBeGreaterThanOrEqual(3 * parameters);
    expect(trainer.memory.inputs).toBeLessThan(3 * parameters + 4 * 8 * (6 + 2) + 1024);
    // At least the hidden layer and its derivative live until the backward half.
    expect(trainer.memory.activations).toBeGreaterThan(2 * 4 * 8 * 16);
    expect(trainer.memory.activations).toBeLessThan(20 * 4 * 8 * 16 + 10 * parameters);
  });

  test('what cannot fit is refused before anything is allocated, with how much it is and what to lower', async () => {
    const huge = { shape: [2 ** 20, 2 ** 20], data: new Float32Array(0) };
    const program = compile(
      (x) => np.matmul(np.sin(np.broadcastTo(x, huge.shape)), np.broadcastTo(np.array(1), [2 ** 20, 2 ** 20])).sum(),
      [zeros([1, 2 ** 20])],
      { name: 'huge' },
    );
    await expect(program).rejects.toMatchObject({
      code: 'tensor.memory',
      message: expect.stringMatching(
        /^huge\.memory: expected about \d+ MiB \(.*activations \d+ MiB.*, got \d+ MiB in this machine; lower the batch/,
      ),
    });
  });
});
