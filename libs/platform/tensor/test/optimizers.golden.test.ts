import { readFileSync } from 'node:fs';
import { numpy as np } from '@jax-js/jax';
import { expect, test } from 'vitest';
import { createTrainer, type OptimizerOptions, type Tensor } from '../src/index.ts';
import { relativeError } from './against-jax.ts';

/** What golden/optimizers.py writes. */
interface Golden {
  torch: string;
  cases: {
    options: OptimizerOptions & { clipNorm: number | null };
    emaDecay: number;
    losses: number[];
    gradNorms: number[];
    params: Record<string, number[]>;
    ema: Record<string, number[]>;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/optimizers.json', import.meta.url), 'utf8')) as Golden;

/** The formula of golden/optimizers.py. */
function fill(shape: number[], phase: number): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(1.3 * i + phase)) };
}

test.each(golden.cases.map((one, i) => [one.options.kind, i, one] as const))(
  `%s, clipping and EMA of case %i are PyTorch ${golden.torch}'s over 20 steps`,
  async (_kind, _i, { options, emaDecay, ...want }) => {
    const batch = { x: fill([5, 4], 0.3), y: fill([5, 3], 2.2) };
    const trainer = await createTrainer({
      params: { w1: fill([4, 6], 0.1), b1: fill([6], 0.7), w2: fill([6, 3], 1.9) },
      batchExample: batch,
      loss: (p, { x, y }) => np.square(np.matmul(np.tanh(np.matmul(x, p.w1).add(p.b1)), p.w2).sub(y)).mean(),
      optimizer: {
        ...options,
        clipNorm: options.clipNorm ?? undefined,
        learningRate: (step) => 0.02 * (1 - step / 40),
      },
      ema: emaDecay,
    });
    const steps = [];
    for (let i = 0; i < 20; i++) steps.push(await trainer.step(batch));

    expect(
      relativeError(
        steps.map((s) => s.loss),
        want.losses,
      ),
    ).toBeLessThan(2e-6);
    expect(
      relativeError(
        steps.map((s) => s.gradNorm),
        want.gradNorms,
      ),
    ).toBeLessThan(5e-6);
    for (const name of ['w1', 'b1', 'w2'] as const) {
      expect(relativeError(trainer.params()[name].data, want.params[name])).toBeLessThan(2e-6);
      expect(relativeError(trainer.emaParams()[name].data, want.ema[name])).toBeLessThan(2e-6);
    }
  },
);
