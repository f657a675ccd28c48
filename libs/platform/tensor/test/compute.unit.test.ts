import { numpy as np } from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { TENSORFLOW_OPERATORS } from '../src/execute/tensorflow-operators.ts';
import {
  compile,
  createRng,
  createTrainer,
  encodeCheckpoint,
  restoreCheckpoint,
  tensor,
  zeros,
  type Compute,
  type TrainerOptions,
} from '../src/index.ts';
import { halveLossScale, keepLossScale, startLossScale } from '../src/loss-scale.ts';
import { initMlp, mlp } from '../src/modules/index.ts';
import { ONNX_DTYPES } from '../src/onnx-proto.ts';
import { relativeError } from './against-jax.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const rng = createRng('compute');
const params = initMlp(rng.fork('net'), { widths: [6, 24, 3] });
const batch = (step: number) => {
  const x = createRng(step).normal([16, 6]);
  return {
    x,
    y: tensor(
      [16, 3],
      Float32Array.from({ length: 48 }, (_, i) => Math.sin(x.data[Math.floor(i / 3) * 6 + (i % 3)])),
    ),
  };
};
type Options = TrainerOptions<typeof params, ReturnType<typeof batch>>;
const create = (compute: Compute, options: Partial<Options> = {}) =>
  createTrainer({
    params,
    batchExample: batch(0),
    loss: (p, { x, y }) => np.square(mlp(p, x).sub(y)).mean(),
    optimizer: { kind: 'adamw', learningRate: 1e-2 },
    executor: 'tensorflow',
    tensorflow: tf,
    compute,
    ...options,
  });
const rounded = (to: number, values: Float32Array) =>
  (
    TENSORFLOW_OPERATORS.Cast(tf, {
      node: { op: 'Cast', inputs: [], outputs: [], attributes: { to } },
      inputs: [tf.tensor(values)],
      numbers: () => [],
    }) as tf.Tensor
  ).dataSync();

describe('rounding to 16 bits', () => {
  const many = Float32Array.from(
    { length: 4000 },
    (_, i) => (i % 2 === 0 ? 1 : -1) * 2 ** (-27 + 43 * createRng(i).uniform([1]).data[0]),
  );

  test('to f16 is that of Float16Array, below its normal numbers and above its largest too', () => {
    const edges = [0, 65504, 65519, 65520, 1e9, -1e9, 2 ** -14, 2 ** -24, 2 ** -26, -(2 ** -25) * 1.01];
    const values = Float32Array.from([...many, ...edges]);
    expect([...rounded(ONNX_DTYPES.float16, values)]).toEqual([...Float16Array.from(values)].map((value) => value + 0));
  });

  test('to bf16 keeps eight bits, the nearest', () => {
    rounded(ONNX_DTYPES.bfloat16, many).forEach((got, i) => {
      expect(new Uint32Array(Float32Array.of(got).buffer)[0] & 0xffff).toBe(0);
      expect(Math.abs(got - many[i])).toBeLessThanOrEqual(Math.abs(many[i]) * 2 ** -8);
    });
  });
});

describe('a device without 16 bits', () => {
  const x = zeros([2, 2]);
  test.each(['f16', 'bf16'] as const)(
    'refuses %s when the program is compiled, and says what to set',
    async (compute) => {
      await expect(compile((a) => np.matmul(a.ref, a), [x], { compute })).rejects.toMatchObject({
        code: 'tensor.options',
        message: expect.stringMatching(
          new RegExp(
            `^program\\.compute: expected a device that multiplies in ${compute}, got cpu: .+; set compute to ` +
              "'f32', or device to 'cuda'",
          ),
        ),
      });
    },
  );
  test('so does jax-js, and a type that there is not', async () => {
    await expect(compile((a) => a, [x], { compute: 'f16', executor: 'jax' })).rejects.toMatchObject({
      code: 'tensor.options',
      message: expect.stringContaining("executor 'jax'"),
    });
    await expect(compile((a) => a, [x], { compute: 'f8' as never })).rejects.toMatchObject({
      code: 'tensor.options',
      message: expect.stringContaining('f32, f16, bf16'),
    });
  });
});

describe('products in 16 bits', () => {
  test('round their operands and nothing else', async () => {
    const f = (a: np.Array, b: np.Array) => np.matmul(a.ref, b).add(a);
    const [a, b] = [rng.normal([4, 4]), rng.normal([4, 4])];
    const half = (data: Float32Array) => Float32Array.from(Float16Array.from(data));
    const program = await compile(f, [a, b], { compute: 'f16', executor: 'tensorflow', tensorflow: tf });
    const whole = await compile((x: np.Array, y: np.Array, z: np.Array) => np.matmul(x, y).add(z.mul(0)), [a, b, a]);
    const product = (await whole.run({ ...a, data: half(a.data) }, { ...b, data: half(b.data) }, a)).data;
    const { data } = await program.run(a, b);
    expect(
      relativeError(
        data,
        half(product).map((value, i) => value + a.data[i]),
      ),
    ).toBeLessThan(1e-3);
    expect(program.operators).toMatchObject({ Gemm: 1, Cast: 3, Add: 1 });
  });

  test.each([
    { compute: 'f16', within: 0.02 },
    { compute: 'bf16', within: 0.06 },
  ] as const)('train a net in $compute to within $within of f32, from f32 weights', async ({ compute, within }) => {
    const train = async (type: Compute) => {
      const trainer = await create(type);
      let last = 0;
      for (let step = 0; step < 150; step++) last = (await trainer.step(batch(step))).loss;
      return { last, weights: trainer.params().layers[0].weight.data };
    };
    const [got, want] = [await train(compute), await train('f32')];
    expect(want.last).toBeLessThan(0.1);
    expect(Math.abs(got.last - want.last)).toBeLessThan(within * 0.5);
    expect(got.last).not.toBe(want.last);
    // A weight of bf16 has zeros for its last sixteen bits.
    expect(got.weights.some((weight) => Float16Array.of(weight)[0] !== weight)).toBe(true);
  });
});

describe('the loss scale', () => {
  const faint: Partial<Options> = {
    loss: (p, { x, y }) => np.square(mlp(p, x).sub(y)).mean().mul(1e-6),
    optimizer: { kind: 'sgd', learningRate: 1 },
  };

  test('keeps gradients that f16 has no numbers for', async () => {
    const norm = async (compute: Compute, lossScale?: number) =>
      (await (await create(compute, { ...faint, lossScale })).step(batch(0))).gradNorm;
    const want = await norm('f32');
    expect(Math.abs((await norm('f16')) / want - 1)).toBeLessThan(0.01);
    expect(Math.abs((await norm('f16', 1)) / want - 1)).toBeGreaterThan(0.1);
  });

  test('is halved where the gradient overflows, and the step is taken again', async () => {
    const trainer = await create('f16', { lossScale: 2 ** 24 });
    const { loss } = await trainer.step(batch(0));
    expect(trainer.state().lossScale!.factor).toBeLessThan(2 ** 24);
    expect(loss).toBeCloseTo((await (await create('f32')).step(batch(0))).loss, 2);
  });

  test('is part of a checkpoint, so that a resumed run is the same to the bit', async () => {
    const whole = await create('f16', { lossScale: 2 ** 24 });
    for (let step = 0; step < 6; step++) await whole.step(batch(step));
    const first = await create('f16', { lossScale: 2 ** 24 });
    for (let step = 0; step < 3; step++) await first.step(batch(step));
    const second = await create('f16');
    restoreCheckpoint(second, encodeCheckpoint(first));
    expect(second.state().lossScale).toEqual(first.state().lossScale);
    for (let step = 3; step < 6; step++) await second.step(batch(step));
    expect(second.state()).toEqual(whole.state());
  });

  test('is doubled after 2000 good steps, and falls no lower than 1', () => {
    const almost = keepLossScale(startLossScale('test', 4), 1999);
    expect(almost).toEqual({ factor: 4, steps: 1999 });
    expect(keepLossScale(almost, 1)).toEqual({ factor: 8, steps: 0 });
    expect(halveLossScale(almost)).toEqual({ factor: 2, steps: 0 });
    expect(halveLossScale({ factor: 1, steps: 3 })).toBeUndefined();
  });

  test('is a power of two', async () => {
    await expect(create('f16', { lossScale: 1000 })).rejects.toMatchObject({ code: 'tensor.options' });
  });
});
