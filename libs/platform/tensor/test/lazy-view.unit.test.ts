import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { compile, createRng, createTrainer } from '../src/index.ts';
import { initTransformerBlock, transformerBlock } from '../src/modules/index.ts';

const rng = createRng('views');

test('a transformer training step multiplies matrices only in Gemm and MatMul, and writes no repeat out', async () => {
  const trainer = await createTrainer({
    params: [initTransformerBlock(rng, { width: 16 })],
    batchExample: { x: rng.normal([2, 5, 16]) },
    loss: ([block], { x }) => np.square(transformerBlock(block, x, { heads: 2 })).mean(),
    optimizer: { kind: 'adamw', learningRate: 1e-3 },
  });
  const { Gemm, MatMul, Expand = 0, ReduceSum } = trainer.operators;
  // Four linear layers: forward, gradient of the input, gradient of the weight.
  expect(Gemm).toBe(12);
  // Scores and mixtures of attention: forward, and the gradient of either operand.
  expect(MatMul).toBe(6);
  expect(Expand).toBe(0);
  // Sums of norms, softmax, biases, gains and the loss, with their gradients: none of them is a product's.
  expect(ReduceSum).toBeLessThan(30);
});

test('transposes, repeats and reshapes of neighbours around element-wise operations cost nothing', async () => {
  const program = await compile(
    (x, y) =>
      np
        .transpose(
          np.sin(np.broadcastTo(np.transpose(x).reshape([4, 1, 3]), [4, 5, 3])).mul(np.transpose(y).reshape([4, 1, 3])),
          [2, 1, 0],
        )
        .sum(1),
    [rng.normal([3, 4]), rng.normal([3, 4])],
  );
  expect(Object.keys(program.operators).sort()).toEqual(['Mul', 'Sin']);
  expect(program.operators.Mul).toBe(2);
});

test('repeated subexpressions are computed once, and unused ones not at all', async () => {
  const program = await compile(
    (x) => {
      np.exp(x.ref);
      return np.sin(x.ref).add(np.sin(x));
    },
    [rng.normal([3])],
  );
  expect(program.operators).toEqual({ Sin: 1, Add: 1 });
});
