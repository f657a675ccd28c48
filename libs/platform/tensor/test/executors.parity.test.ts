import { nn, numpy as np } from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  compile,
  createRng,
  createTrainer,
  tensor,
  zeros,
  type Executor,
  type Tensor,
  type TensorTree,
} from '../src/index.ts';
import { initTransformerBlock, transformerBlock } from '../src/modules/index.ts';
import { relativeError } from './against-jax.ts';

const rng = createRng('executors');

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const block = initTransformerBlock(rng.fork('block'), { width: 16 });
const others: Executor[] = ['jax', 'tensorflow'];

const cases: { name: string; f: (...inputs: np.Array[]) => np.Array; inputs: Tensor<Float32Array | Int32Array>[] }[] = [
  {
    name: 'views, sums and products',
    f: (x, y) =>
      np
        .matmul(np.transpose(x, [1, 0]).add(1), y)
        .sum(0)
        .mul(np.broadcastTo(np.array(2), [5])),
    inputs: [rng.normal([3, 4]), rng.normal([3, 5])],
  },
  {
    name: 'indices, sorting, FFT',
    f: (x, i) => np.sort(np.take(x.ref, i, 0), 0).add(np.fft.rfft(np.flip(x, [0])).real.sum()),
    inputs: [rng.normal([6, 4]), rng.integers([3], 6)],
  },
  {
    name: 'convolution, padding, split',
    f: (x, w) => np.split(np.convolve(x, w.ref), 2)[0].add(np.pad(w, [[1, 1]]).sum()),
    inputs: [rng.normal([9]), rng.normal([4])],
  },
  {
    name: 'remainders and integer division keep signs',
    f: (x, i) =>
      x.ref
        .mod(0.7)
        .add(np.floor(x))
        .add(i.ref.div(np.array(3, { dtype: np.int32 })))
        .add(i.mod(np.array(3, { dtype: np.int32 }))),
    inputs: [
      rng.normal([20]),
      tensor(
        [20],
        Int32Array.from({ length: 20 }, (_, i) => i - 10),
      ),
    ],
  },
  {
    name: 'softmax, erf, compares',
    f: (x) => nn.gelu(np.where(x.ref.less(0), nn.softmax(x.ref, -1), x), { approximate: false }),
    inputs: [rng.normal([3, 8])],
  },
];

describe.each(others)('executor %s', (executor) => {
  test.each(cases)('computes what ONNX Runtime does: $name', async ({ f, inputs }) => {
    const run = async (options: { executor: Executor; tensorflow?: typeof tf }) =>
      (await (await compile(f, inputs as Tensor[], options)).run(...(inputs as Tensor[]))).data;
    expect(
      relativeError(
        await run({ executor, tensorflow: executor === 'tensorflow' ? tf : undefined }),
        await run({ executor: 'onnx' }),
      ),
    ).toBeLessThan(1e-5);
  });

  test('trains a transformer block like ONNX Runtime, step by step and several at a time', async () => {
    const create = (options: { executor: Executor; tensorflow?: typeof tf }) =>
      createTrainer({
        params: { block },
        batchExample: { x: zeros([2, 6, 16]) },
        loss: (p, { x }) => ({ loss: np.square(transformerBlock(p.block, x, { heads: 2 })).mean(), aux: {} }),
        optimizer: { kind: 'adamw', learningRate: 1e-2, clipNorm: 1 },
        ema: 0.9,
        ...options,
      });
    const batches = [0, 1, 2, 3].map((i) => ({ x: createRng(i).normal([2, 6, 16]) }));
    const train = async (options: { executor: Executor; tensorflow?: typeof tf }) => {
      const trainer = await create(options);
      const losses = [await trainer.step(batches[0]), ...(await trainer.steps(batches.slice(1)))].map(
        ({ loss }) => loss,
      );
      const average = trainer.emaParams();
      await trainer.dispose();
      return { losses, average };
    };
    const [got, want] = [
      await train({ executor, tensorflow: executor === 'tensorflow' ? tf : undefined }),
      await train({ executor: 'onnx' }),
    ];
    expect(relativeError(got.losses, want.losses)).toBeLessThan(1e-5);
    expect(
      relativeError(got.average.block.attention.qkv.weight.data, want.average.block.attention.qkv.weight.data),
    ).toBeLessThan(1e-4);
  });
});

test('TensorFlow gives every tensor back that it makes', async () => {
  const trainer = await createTrainer({
    params: { w: rng.normal([4, 4]) },
    batchExample: { x: zeros([3, 4]) },
    loss: (p, { x }) => np.square(np.matmul(x, p.w)).mean(),
    optimizer: { kind: 'sgd', learningRate: 0.1, momentum: 0.9 },
    executor: 'tensorflow',
    tensorflow: tf,
  });
  await trainer.step({ x: zeros([3, 4]) });
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) await trainer.step({ x: zeros([3, 4]) });
  expect(tf.memory().numTensors).toBe(before);
});

test('what an executor does not have is refused when it is compiled', async () => {
  const words = tensor([2], new Uint32Array(2));
  await expect(
    compile((x) => np.bitwiseCount(x), [words], { executor: 'tensorflow', tensorflow: tf }),
  ).rejects.toMatchObject({
    code: 'tensor.unsupported-primitive',
    message: expect.stringMatching(/uint32.*executor 'onnx'/),
  });
  await expect(compile((x) => x.mul(2), [zeros([2])], { executor: 'jax', device: 'cuda' })).rejects.toMatchObject({
    code: 'tensor.session',
    message: expect.stringMatching(/got cuda/),
  });
  await expect(
    compile((x) => x.mul(2), [zeros([2])], { executor: 'tensorflow', device: 'cuda' }),
  ).rejects.toMatchObject({
    code: 'tensor.session',
    message: expect.stringMatching(/npm install @tensorflow\/tfjs-node-gpu/),
  });
  await expect(compile((x) => x.mul(2), [zeros([2])], { executor: 'torch' as never })).rejects.toMatchObject({
    code: 'tensor.options',
    message: expect.stringMatching(/one of onnx, jax, tensorflow/),
  });
});

test('a decomposition, which ONNX has no meaning for, runs on jax-js', async () => {
  const x = tensor([2, 2], Float32Array.of(4, 2, 2, 3));
  const program = await compile((a) => np.linalg.cholesky(a), [x], { executor: 'jax' });
  expect(relativeError((await program.run(x)).data, [2, 0, 1, Math.SQRT2])).toBeLessThan(1e-6);
});

test('the same program is lowered and loaded once, another constant makes another', async () => {
  const make = (by: number) => compile((x) => x.mul(np.array([by, 1, 2])), [zeros([3])]);
  const [a, b, c] = [await make(3), await make(3), await make(4)];
  expect(b.onnx).toBe(a.onnx);
  expect(c.onnx).not.toBe(a.onnx);
  const ones: TensorTree & Tensor = tensor([3], Float32Array.of(1, 1, 1));
  await a.dispose();
  await a.dispose();
  // The other holder still has it.
  expect([...(await b.run(ones)).data]).toEqual([3, 1, 2]);
  expect([...(await c.run(ones)).data]).toEqual([4, 1, 2]);
  await b.dispose();
  expect((await make(3)).onnx).not.toBe(a.onnx);
});
