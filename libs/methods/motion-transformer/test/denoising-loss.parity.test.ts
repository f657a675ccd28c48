import { describe, expect, test } from 'vitest';
import { compile, createRng, flattenPaths, type Tensor } from '@soliloquy/tensor';
import { denoisingLoss } from '../src/denoising-loss.ts';
import { initMotionTransformer, motionTransformer } from '../src/index.ts';

const [B, T, LATENT] = [2, 5, 3];
const SIZE = { latent: LATENT, audio: 4, width: 8, layers: 1, heads: 2, reach: 2 };
const rng = createRng('denoising');
const params = initMotionTransformer(rng, SIZE);
for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
  rng
    .fork(path)
    .normal(shape)
    .data.forEach((value, i) => ((data as Float32Array)[i] += 0.3 * value));
const batch = {
  clean: rng.normal([B, T, LATENT]),
  x: rng.normal([B, T, LATENT]),
  audio: rng.normal([B, T, SIZE.audio]),
  tau: { shape: [B], data: Float32Array.of(2, 30) },
  start: { shape: [B], data: Float32Array.of(0, 40) },
};

describe('the loss of denoising', () => {
  test.each([0, 3, 0.5])('is mean e² + w · mean (e_{t+1} − e_t)² in f64, w = %d', async (weight) => {
    const { clean, ...inputs } = batch;
    const network = await compile((p, given) => motionTransformer(p, given, SIZE), [params, inputs] as const);
    const made = (await network.run(params, inputs)) as Tensor;
    const error = (b: number, t: number, i: number): number => {
      const at = (b * T + t) * LATENT + i;
      return made.data[at] - clean.data[at];
    };
    let simple = 0;
    let velocity = 0;
    for (let b = 0; b < B; b++)
      for (let i = 0; i < LATENT; i++) {
        for (let t = 0; t < T; t++) simple += error(b, t, i) ** 2 / (B * T * LATENT);
        for (let t = 0; t + 1 < T; t++) velocity += (error(b, t + 1, i) - error(b, t, i)) ** 2 / (B * (T - 1) * LATENT);
      }
    const program = await compile(denoisingLoss(SIZE, weight), [params, batch] as const);
    const { loss, aux } = await program.run(params, batch);
    expect(aux.simple.data[0]).toBeCloseTo(simple, 4);
    expect(aux.velocity.data[0]).toBeCloseTo(velocity, 4);
    expect(loss.data[0]).toBeCloseTo(simple + weight * velocity, 4);
    expect(velocity).toBeGreaterThan(0.1);
    await network.dispose();
    await program.dispose();
  });
});
