import { numpy as np } from '@jax-js/jax';
import { describe, expect, test } from 'vitest';
import { compile, createRng, createTrainer, flattenPaths, type Tensor } from '@soliloquy/tensor';
import {
  denoisingLoss,
  initMotionTransformer,
  injectedLoss,
  motionTransformer,
  type InjectedBatch,
} from '../src/index.ts';

const [B, T, LATENT] = [2, 5, 3];
const SIZE = { latent: LATENT, audio: 4, width: 8, layers: 1, heads: 2, reach: 2 };
const rng = createRng('injected');
const params = initMotionTransformer(rng, SIZE);
for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
  rng
    .fork(path)
    .normal(shape)
    .data.forEach((value, i) => ((data as Float32Array)[i] += 0.3 * value));
const rows = () => ({
  x: rng.normal([B, T, LATENT]),
  audio: rng.normal([B, T, SIZE.audio]),
  tau: { shape: [B], data: Float32Array.of(2, 30) },
  start: { shape: [B], data: Float32Array.of(0, 40) },
});
const clips = { clean: rng.normal([B, T, LATENT]), ...rows() };
const inputs = rows();
const target = rng.normal([B, T, LATENT]);

/** What one step of plain gradient descent takes off the parameters, by path: their gradient. */
async function gradientOf<Batch extends InjectedBatch | { clips: typeof clips; inputs: typeof inputs; target: Tensor }>(
  loss: Parameters<typeof createTrainer<typeof params, Batch>>[0]['loss'],
  batch: Batch,
): Promise<Record<string, Float32Array>> {
  const trainer = await createTrainer<typeof params, Batch>({
    params,
    batchExample: batch,
    loss,
    optimizer: { kind: 'sgd', learningRate: 1 },
  });
  const before = flattenPaths(trainer.params());
  await trainer.step(batch);
  const after = flattenPaths(trainer.params());
  await trainer.dispose();
  return Object.fromEntries(
    Object.entries(before).map(([path, { data }]) => [
      path,
      Float32Array.from(data as Float32Array, (value, i) => value - (after[path].data[i] as number)),
    ]),
  );
}

describe('a loss that is injected', () => {
  test('has the gradient of the same loss in one graph: Σ (x̂ − y)⁴/4 + Σ |Δ(x̂ − y)|²', async () => {
    const network = await compile((p, given) => motionTransformer(p, given, SIZE), [params, inputs] as const);
    const made = (await network.run(params, inputs)) as Tensor;
    await network.dispose();
    const error = Float32Array.from(made.data as Float32Array, (value, i) => value - target.data[i]);
    const data = error.map((value) => value ** 3);
    for (let b = 0; b < B; b++)
      for (let t = 0; t + 1 < T; t++)
        for (let i = 0; i < LATENT; i++) {
          const at = (b * T + t) * LATENT + i;
          const step = error[at + LATENT] - error[at];
          data[at + LATENT] += 2 * step;
          data[at] -= 2 * step;
        }
    const injected = await gradientOf(injectedLoss(SIZE, 3), {
      clips,
      judged: { ...inputs, gradient: { shape: [B, T, LATENT], data } },
    });
    const whole = await gradientOf(
      (p, batch: { clips: never; inputs: never; target: np.Array }) => {
        const { loss } = denoisingLoss(SIZE, 3)(p, batch.clips);
        const e = motionTransformer(p, batch.inputs, SIZE).sub(batch.target);
        const quartic = np.square(np.square(e.ref)).sum().mul(0.25);
        const steps = np.square(e.ref.slice([], [1], []).sub(e.slice([], [0, -1], []))).sum();
        return loss.add(quartic).add(steps);
      },
      { clips, inputs, target } as never,
    );
    const flat = (tree: Record<string, Float32Array>) => Object.values(tree).flatMap((values) => [...values]);
    const [a, b] = [flat(injected), flat(whole)];
    const norm = Math.hypot(...b);
    const off = Math.hypot(...a.map((value, i) => value - b[i]));
    expect(norm).toBeGreaterThan(1);
    expect(off / norm).toBeLessThan(1e-5);
  });

  test('is nothing where the gradient is: only the clips are learned', async () => {
    const none = { ...inputs, gradient: { shape: [B, T, LATENT], data: new Float32Array(B * T * LATENT) } };
    const injected = await gradientOf(injectedLoss(SIZE, 3), { clips, judged: none });
    const plain = await gradientOf((p, batch: { clips: never }) => denoisingLoss(SIZE, 3)(p, batch.clips), {
      clips,
    } as never);
    for (const [path, values] of Object.entries(plain))
      values.forEach((value, i) => expect(injected[path][i]).toBeCloseTo(value, 5));
  });
});
