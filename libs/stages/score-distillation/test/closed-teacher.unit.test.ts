import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMotionDecoder, type MotionDecoder } from '@soliloquy/gaussian-codec';
import { cosineSchedule, trainedNetwork, type LearnedClip } from '@soliloquy/motion-transformer';
import { createRng } from '@soliloquy/tensor';
import { distill, studentForward } from '../src/distill.ts';
import type { Reading } from '../src/encoder-reading.ts';
import { drawPlaces, simulatedRows } from '../src/judged-rows.ts';
import { linearLatents, pullToTokens } from '../src/routes.ts';
import { latentScore } from '../src/score-gradient.ts';
import type { LatentTeacher } from '../src/teacher.ts';
import { addTo, type Term } from '../src/term.ts';
import { model, space, T } from './small-avatar.ts';

const K = 5;
const rng = createRng('closed teacher');
const network = trainedNetwork(model);
const { size } = network;
const schedule = cosineSchedule(model.card.noiseSteps);
const mu = Float32Array.of(3, -2, 1, 2, -3);
const variance = Float32Array.of(0.5, 1, 0.25, 2, 1);
const scale = new Float32Array(K).fill(1);
const weights = new Float32Array(K).fill(1);

/** p(z) = N(μ, Σ) in every frame, whose score is closed: ẑ_0 = μ + √ᾱ Σ (ᾱ Σ + (1 − ᾱ) 1)⁻¹ (z_τ − √ᾱ μ). */
const teacher: LatentTeacher = {
  kind: 'latent',
  async clean(latent, { noise, seed }) {
    const alphaBar = schedule.alphaBar[Math.round(noise * (schedule.steps - 1))];
    const epsilon = createRng(seed).normal([latent.length]).data;
    return latent.map((value, i) => {
      const k = i % K;
      const noisy = Math.sqrt(alphaBar) * value + Math.sqrt(1 - alphaBar) * epsilon[i];
      const share = (Math.sqrt(alphaBar) * variance[k]) / (alphaBar * variance[k] + 1 - alphaBar);
      return mu[k] + share * (noisy - Math.sqrt(alphaBar) * mu[k]);
    });
  },
};
const voices = [0, 1].map(() => ({ frames: 2 * T, condition: rng.normal([2 * T, size.audio]).data }));
const clips: LearnedClip[] = voices.map(({ frames, condition }) => ({
  frames,
  condition,
  latents: [rng.normal([frames, size.latent]).data.map((value) => 0.1 * value)],
}));

let decoder: MotionDecoder;
let reading: Reading;
beforeAll(async () => {
  decoder = await openMotionDecoder(space, { frames: T, threads: 1 });
  const D = 3 * decoder.layout.tokens;
  const matrix = rng.normal([K, D]).data.map((value) => value / Math.sqrt(D));
  const zeros = new Float32Array(K);
  const linear = { pixels: D, latent: K, matrix };
  reading = {
    latent: K,
    encoder: linear,
    rest: zeros,
    offset: zeros,
    trust: weights,
    r2: weights,
    linear,
    slope: linear,
    tokensAtRest: new Float32Array(D),
    linearR2: weights,
  };
});
afterAll(() => decoder.dispose());

/** L_vsd of the closed teacher by the linear route, times a sign. */
function closedTerm(sign: 1 | -1): Term {
  const root = createRng('rows');
  const rngOf = (step: number) => root.fork(String(step));
  return {
    draw: (step, predict) =>
      simulatedRows(
        { voices, places: drawPlaces(voices, 4, T, rngOf(step).fork('places')), hops: 3 },
        { size: { ...size, frames: T }, schedule, rng: rngOf(step) },
        predict,
      ),
    async judge(step, rows) {
      for (const [b, row] of rows.entries()) {
        const latent = linearLatents(reading, row.tokens);
        const [noise] = rngOf(step).fork(`noise ${b}`).uniform([1]).data;
        const asked = { noise: 0.1 + 0.5 * noise, seed: 1000 * step + b };
        const clean = await teacher.clean(latent, asked as never);
        const { gradient } = latentScore(latent, clean, weights, scale);
        addTo(row.gradient, pullToTokens(reading, gradient), (sign * 300) / rows.length);
      }
      return {};
    },
  };
}

/** Distance of the mean of what a student makes from μ. */
async function distanceOf(params: typeof network.params): Promise<number> {
  const forward = studentForward(network, 1);
  const rows = await closedTerm(1).draw(10_000, forward.with(params));
  const x = await forward.with(params)(rows);
  await forward.dispose();
  const tokens = await decoder.tokens(x);
  const mean = new Float64Array(K);
  linearLatents(reading, tokens).forEach((value, i, all) => (mean[i % K] += (value * K) / all.length));
  return Math.hypot(...mean.map((value, k) => value - mu[k]));
}
const trained = (sign: 1 | -1) =>
  distill(
    { network, clips, schedule, decoder, terms: [closedTerm(sign)] },
    {
      steps: 150,
      batch: 2,
      audioNoise: 0.1,
      learningRate: 0.02,
      velocityWeight: 0,
      rigidity: 0,
      threads: 1,
      onStep: async () => {},
    },
    createRng('training'),
  );

describe('a teacher whose score is closed', () => {
  test('is reached: the mean of what the student makes comes within 5 % of the way to μ', async () => {
    const start = await distanceOf(network.params);
    const end = await distanceOf(await trained(1));
    expect(start).toBeGreaterThan(2);
    expect(end / start).toBeLessThan(0.05);
  }, 300_000);

  test('is fled from where the sign of the gradient is turned', async () => {
    const start = await distanceOf(network.params);
    expect(await distanceOf(await trained(-1))).toBeGreaterThan(3 * start);
  }, 300_000);
});

describe('a training that is interrupted', () => {
  test('goes on from its checkpoint to the bit', async () => {
    const kept: { bytes: Uint8Array; step: number }[] = [];
    const some = (given: object) =>
      distill(
        { network, clips, schedule, decoder, terms: [closedTerm(1)] },
        {
          steps: 6,
          batch: 2,
          audioNoise: 0.1,
          learningRate: 0.01,
          velocityWeight: 3,
          rigidity: 0.1,
          threads: 1,
          onStep: async () => {},
          ...given,
        },
        createRng('training'),
      );
    const checkpoint = {
      every: 2,
      save: async (bytes: Uint8Array, step: number) => void kept.push({ bytes: bytes.slice(), step }),
    };
    const whole = await some({ checkpoint });
    expect(kept.map(({ step }) => step)).toEqual([2, 4, 6]);
    expect(await some({ resume: kept[1].bytes })).toEqual(whole);
  }, 300_000);
});
