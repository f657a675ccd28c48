import { lax, nn, numpy as np } from '@jax-js/jax';
import { describe, expect, test } from 'vitest';
import { createRng, type Tensor } from '../src/index.ts';
import { forwardError, gradientError, type Case } from './against-jax.ts';

const TOLERANCE = 1e-5;
const rng = createRng('lowering');
const normal = (...shape: number[]) => rng.normal(shape);
const positive = (...shape: number[]): Tensor => ({ shape, data: rng.uniform(shape).data.map((x) => x + 0.1) });
const ints = (bound: number, ...shape: number[]) => rng.integers(shape, bound);
const bools = (...shape: number[]): Tensor<Uint8Array> => ({
  shape,
  data: Uint8Array.from(rng.integers(shape, 2).data),
});

const cases: Case[] = [
  ...(['exp', 'sin', 'cos', 'tanh', 'square', 'abs', 'negative', 'atan'] as const).map((op) => ({
    name: op,
    f: (x: np.Array) => np[op](x),
    inputs: [normal(3, 4)],
  })),
  ...(['sqrt', 'log', 'reciprocal', 'cbrt'] as const).map((op) => ({
    name: op,
    f: (x: np.Array) => np[op](x),
    inputs: [positive(3, 4)],
  })),
  ...(['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'] as const).map((op) => ({
    name: `${op} with broadcast on both sides`,
    f: (x: np.Array, y: np.Array) => np[op](x, y),
    inputs: [normal(3, 1, 4), positive(2, 1)],
  })),
  { name: 'erf', f: (x) => nn.gelu(x, { approximate: false }), inputs: [normal(5, 3)] },
  {
    name: 'floor, ceil, sign',
    f: (x) => np.floor(x.ref).add(np.ceil(x.ref)).add(np.sign(x)),
    inputs: [normal(5, 3)],
    grads: 0,
  },
  { name: 'mod keeps the sign of the numerator', f: (x) => x.mod(0.7), inputs: [normal(5, 3)], grads: 0 },
  {
    name: 'integer division and remainder',
    f: (x, y) => np.floorDivide(x.ref, y.ref.add(1)).add(np.remainder(x, y.add(1))),
    inputs: [ints(50, 4, 3), ints(5, 3)],
    grads: 0,
  },
  {
    name: 'where on a compare',
    f: (x, y) => np.where(x.ref.less(y.ref), x.mul(2), y),
    inputs: [normal(3, 4), normal(4)],
  },
  { name: 'where with a bool input', f: (x, c) => np.where(c, x, 0), inputs: [normal(3, 4), bools(3, 1)], grads: 1 },
  {
    name: 'all compares',
    f: (x, y) =>
      [x.ref.less(y.ref), x.ref.lessEqual(y.ref), x.ref.equal(y.ref), x.ref.notEqual(y.ref), x.greater(y)]
        .map((c) => c.astype(np.float32))
        .reduce((a, b) => a.mul(2).add(b)),
    inputs: [ints(3, 20), ints(3, 20)],
    grads: 0,
  },
  {
    name: 'logic on bool',
    f: (x, y) => np.logicalOr(np.logicalAnd(x.ref, y.ref), np.logicalNot(np.logicalXor(x, y))).astype(np.int32),
    inputs: [bools(9), bools(9)],
    grads: 0,
  },
  {
    name: 'any and all',
    f: (x) => np.any(x.ref, 1).astype(np.int32).add(np.all(x, 1).astype(np.int32)),
    inputs: [bools(8, 2)],
    grads: 0,
  },
  {
    name: 'mixed types promote',
    f: (x, i, b) => x.add(i).mul(b),
    inputs: [normal(3, 4), ints(5, 3, 4), bools(4)],
    grads: 1,
  },
  { name: 'cast truncates toward zero', f: (x) => x.mul(3).astype(np.int32), inputs: [normal(20)], grads: 0 },
  { name: 'sum over a middle axis', f: (x) => x.sum(1), inputs: [normal(2, 3, 4)] },
  { name: 'sum of everything', f: (x) => x.sum(), inputs: [normal(2, 3, 4)] },
  { name: 'max over a transposed axis', f: (x) => np.transpose(x, [2, 0, 1]).max(0), inputs: [normal(2, 3, 4)] },
  { name: 'product', f: (x) => x.prod(-1), inputs: [positive(2, 3)], grads: 0 },
  {
    name: 'sum over a repeated axis counts it',
    f: (x) => np.broadcastTo(x, [5, 3, 4]).sum([0, 2]),
    inputs: [normal(3, 1)],
  },
  {
    name: 'product over a repeated axis raises it',
    f: (x) => np.broadcastTo(x, [3, 4]).prod(0),
    inputs: [positive(4)],
    grads: 0,
  },
  {
    name: 'mean, variance, deviation',
    f: (x) => np.mean(x.ref, -1).add(np.var_(x.ref, -1)).add(np.std(x, -1)),
    inputs: [normal(3, 7)],
  },
  { name: 'softmax and logsumexp', f: (x) => nn.softmax(x.ref, -1).add(nn.logsumexp(x, 0)), inputs: [normal(3, 7)] },
  { name: 'log-softmax over the first axis', f: (x) => nn.logSoftmax(x, 0), inputs: [normal(3, 7)] },
  {
    name: 'transposes of a transpose',
    f: (x) => np.transpose(np.transpose(x, [2, 0, 1]), [1, 0, 2]).mul(2),
    inputs: [normal(2, 3, 4)],
  },
  {
    name: 'sum of two different transposes',
    f: (x, y) => np.transpose(x, [1, 0]).add(np.transpose(y, [2, 0, 1]).sum(0)),
    inputs: [normal(3, 4), normal(4, 3, 5)],
  },
  {
    name: 'reshape under a transpose',
    f: (x) => np.transpose(x, [1, 0, 2]).reshape([12, 2]).mul(3),
    inputs: [normal(3, 4, 2)],
  },
  {
    name: 'reshape that splits a transposed axis',
    f: (x) => np.transpose(x, [1, 0]).reshape([2, 3, 4]).sum(1),
    inputs: [normal(4, 6)],
  },
  {
    name: 'reshape that merges neighbours under a transpose',
    f: (x) => np.transpose(x, [2, 0, 1]).reshape([4, 6]).add(1),
    inputs: [normal(2, 3, 4)],
  },
  {
    name: 'reshape of a repeated axis',
    f: (x) => np.broadcastTo(x, [4, 6]).reshape([2, 2, 6]).sum(2),
    inputs: [normal(6)],
  },
  {
    name: 'reshape of axes of size 1',
    f: (x) => x.reshape([1, 3, 1, 4, 1]).add(np.ones([2, 3, 1, 1, 5])),
    inputs: [normal(3, 4)],
  },
  {
    name: 'concatenate of views',
    f: (x, y) => np.concatenate([x.transpose(), np.broadcastTo(y, [4, 2])], 1),
    inputs: [normal(3, 4), normal(2)],
  },
  { name: 'split', f: (x) => np.split(x, 3, 1).reduce((a, b) => a.mul(b)), inputs: [normal(2, 6)] },
  {
    name: 'pad and slice',
    f: (x) =>
      np
        .pad(x, [
          [1, 2],
          [0, 3],
        ])
        .slice([1, 4], [2, 5]),
    inputs: [normal(3, 4)],
  },
  { name: 'flip', f: (x) => np.flip(x, [0, 2]).mul(np.arange(4).astype(np.float32)), inputs: [normal(2, 3, 4)] },
  { name: 'roll and tile', f: (x) => np.tile(np.roll(x, 2, 1), [2, 1]), inputs: [normal(2, 5)] },
  { name: 'cumulative sum', f: (x) => np.cumsum(x, 1), inputs: [normal(2, 5)] },
  { name: 'lower triangle', f: (x) => np.tril(x), inputs: [normal(5, 5)] },
  { name: 'argmax', f: (x) => np.argmax(x, 1), inputs: [normal(5, 7)], grads: 0 },
  {
    name: 'take along the first axis, repeated indices',
    f: (x, i) => np.take(x, i, 0),
    inputs: [normal(4, 3), ints(4, 2, 5)],
    grads: 1,
  },
  { name: 'take along the last axis', f: (x, i) => np.take(x, i, -1), inputs: [normal(2, 3, 4), ints(4, 6)], grads: 1 },
  {
    name: 'gather by two indices',
    f: (x, i, j) => x.slice(i, j),
    inputs: [normal(4, 3, 2), ints(4, 7), ints(3, 7)],
    grads: 1,
  },
  {
    name: 'gather by two indices around a slice',
    f: (x, i, j) => x.slice(i, [], j),
    inputs: [normal(4, 3, 2), ints(4, 7), ints(2, 7)],
    grads: 1,
  },
  { name: 'take along axis', f: (x, i) => np.takeAlongAxis(x, i, 1), inputs: [normal(4, 3), ints(3, 4, 2)], grads: 1 },
  { name: 'one-hot', f: (i) => nn.oneHot(i, 5), inputs: [ints(5, 2, 3)], grads: 0 },
  { name: 'matrix times matrix', f: (x, y) => np.matmul(x, y), inputs: [normal(5, 3), normal(3, 4)] },
  { name: 'matrix times vector', f: (x, y) => np.matmul(x, y), inputs: [normal(5, 3), normal(3)] },
  { name: 'vector times vector', f: (x, y) => np.dot(x, y), inputs: [normal(6), normal(6)] },
  { name: 'batched product', f: (x, y) => np.matmul(x, y), inputs: [normal(2, 3, 5, 4), normal(2, 3, 4, 6)] },
  {
    name: 'product with a batch on one side',
    f: (x, y) => np.matmul(x, y),
    inputs: [normal(2, 3, 5, 4), normal(4, 6)],
  },
  {
    name: 'product with a broadcast batch',
    f: (x, y) => np.matmul(x, y),
    inputs: [normal(2, 1, 5, 4), normal(3, 4, 6)],
  },
  { name: 'product with inner size 1', f: (x, y) => np.matmul(x, y), inputs: [normal(5, 1), normal(1, 4)] },
  {
    name: 'product of transposes',
    f: (x, y) => np.matmul(x.transpose(), y.transpose()),
    inputs: [normal(3, 5), normal(4, 3)],
  },
  {
    name: 'product of heads',
    f: (x, y) =>
      np.matmul(np.swapaxes(x.reshape([2, 5, 3, 4]), 1, 2), np.transpose(y.reshape([2, 7, 3, 4]), [0, 2, 3, 1])),
    inputs: [normal(2, 5, 12), normal(2, 7, 12)],
  },
  {
    name: 'product with a repeated inner axis',
    f: (x, y) => np.matmul(np.broadcastTo(x, [5, 3]), y),
    inputs: [normal(5, 1), normal(3, 4)],
  },
  {
    name: 'einsum over two axes',
    f: (x, y) => np.einsum('bthd,hdo->bto', x, y),
    inputs: [normal(2, 3, 4, 5), normal(4, 5, 6)],
  },
  {
    name: 'einsum of a batch of rows',
    f: (x, y) => np.einsum('btd,btd->bt', x, y),
    inputs: [normal(2, 3, 5), normal(2, 3, 5)],
  },
  { name: 'outer product', f: (x, y) => np.outer(x, y), inputs: [normal(4), normal(3)] },
  {
    name: 'convolution with stride, padding, dilation',
    f: (x, w) =>
      lax.convGeneralDilated(
        x,
        w,
        [2, 1],
        [
          [1, 2],
          [0, 1],
        ],
        { rhsDilation: [1, 2] },
      ),
    inputs: [normal(2, 3, 9, 8), normal(4, 3, 3, 2)],
  },
  {
    name: 'convolution in one dimension',
    f: (x, w) => lax.convGeneralDilated(x, w, [1], 'SAME'),
    inputs: [normal(2, 3, 9), normal(4, 3, 5)],
  },
  {
    name: 'a filled constant',
    f: (x) => x.add(np.full([3, 4], 2.5)).mul(np.zeros([3, 1]).add(2)),
    inputs: [normal(3, 4)],
  },
];

describe('lowered programs agree with jax-js', () => {
  test.each(cases)('$name', async ({ f, inputs, grads = inputs.length }) => {
    expect(await forwardError(f, inputs, 'op by op')).toBeLessThan(TOLERANCE);
    if (grads > 0) expect(await gradientError(f, inputs, grads, 'op by op')).toBeLessThan(TOLERANCE);
  });
});
