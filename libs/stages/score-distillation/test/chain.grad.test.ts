import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  allocateDeformed,
  carryGaussians,
  completeMotion,
  createParticleRig,
  particleNeighbours,
} from '@soliloquy/gaussian-cloud';
import {
  createMotionLayout,
  initAlignedSpace,
  initMotionCodec,
  openMotionDecoder,
  packAlignedSpace,
  restoreMotion,
  type MotionDecoder,
} from '@soliloquy/gaussian-codec';
import { scaleCamera, type Gaussians } from '@soliloquy/ports';
import { openRasterizer, referenceRender, type DeviceRasterizer } from '@soliloquy/splat';
import { createRng } from '@soliloquy/tensor';
import { linearReference, mlpReference, rowsOf } from '@soliloquy/testing';
import { drawnMotion } from '../src/drawn-motion.ts';
import type { Reading } from '../src/encoder-reading.ts';
import { exactScore } from '../src/score-term.ts';
import type { SmallView } from '../src/small-views.ts';
import * as small from './small-avatar.ts';

const [N, F, K] = [40, 3, 5];
const rng = createRng('chain');

/** Forty large Gaussians of the painted person. */
const gaussians = ((): Gaussians => {
  const { count, means, quats, colors, regions, camera } = small.gaussians;
  const kept = Array.from({ length: N }, (_, i) => Math.floor((i * count) / N));
  const take = (values: Float32Array, width: number): Float32Array =>
    Float32Array.from(kept.flatMap((n) => [...values.subarray(n * width, (n + 1) * width)]));
  return {
    count: N,
    means: take(means, 3),
    quats: take(quats, 4),
    logScales: new Float32Array(3 * N).fill(Math.log(0.12)),
    opacityLogits: new Float32Array(N).fill(0.3),
    colors: take(colors, 3),
    regions: Uint8Array.from(kept, (n) => regions[n]),
    camera,
  };
})();
const rig = createParticleRig(gaussians, 12, 3);
const P = rig.particles;
const layout = createMotionLayout(rig.positions, rig.regions, [
  rng.normal([20, P, 3]).data.map((value) => 0.03 * value),
]);
const codec = initMotionCodec(rng, layout, { latents: 2, width: 16, heads: 4, hidden: 24 });
const packed = packAlignedSpace({
  rig,
  layout,
  codec,
  space: initAlignedSpace(rng, { features: 5, width: 16 }),
  heads: 4,
  features: 5,
  card: {},
});
const view = { left: 0, top: 0, width: small.SIDE, height: small.SIDE };
const views: SmallView[] = [16, 12].map((side) => ({
  view: { box: view, width: side, height: side },
  camera: scaleCamera(gaussians.camera, side, side),
  background: new Float32Array(side * side * 3).fill(0.4),
}));
const pixels = 3 * (16 * 16 + 12 * 12);
const reading: Reading = {
  latent: K,
  encoder: { pixels, latent: K, matrix: rng.normal([K, pixels]).data },
  rest: rng.uniform([pixels]).data,
  offset: rng.normal([K]).data,
  trust: new Float32Array(K).fill(1),
  r2: new Float32Array(K).fill(1),
  linear: { pixels: 3 * layout.tokens, latent: K, matrix: new Float32Array(K * 3 * layout.tokens) },
  slope: { pixels: 3 * layout.tokens, latent: K, matrix: new Float32Array(K * 3 * layout.tokens) },
  tokensAtRest: new Float32Array(3 * layout.tokens),
  linearR2: new Float32Array(K),
};
const scale = Float32Array.from({ length: K }, (_, k) => 1 + k);
const weights = Float32Array.from({ length: K }, (_, k) => 0.2 + 0.1 * k);
const clean = rng.normal([F, K]).data.map((value) => 10 * value);
const latent = rng.normal([F, 192]).data;

/** Decoder of one frame in f64: translations [P, 3]. */
function translationsOf(row: readonly number[]): Float64Array {
  const out = new Float64Array(3 * P);
  let at = 0;
  layout.parts.forEach((part, index) => {
    if (part.tokens === 0) return;
    const own = [row.slice(index * 64, (index + 1) * 64)];
    const [deep, direct] = [
      mlpReference(codec[part.name].decoder, own)[0],
      linearReference(codec[part.name].decoderDirect, own)[0],
    ];
    const value = (token: number, axis: number): number =>
      (deep[token * 3 + axis] + direct[token * 3 + axis]) * layout.scale[at + token] +
      layout.mean[(at + token) * 3 + axis];
    part.members.forEach((p, i) => {
      for (let axis = 0; axis < 3; axis++) out[3 * p + axis] = value(0, axis) + value(1 + i, axis);
    });
    at += part.tokens;
  });
  return out;
}

/** ½ mean w ((ẑ − ẑ_0)/σ)² of one frame, its share of all; rotations, stretches and depths those at `base`. */
function lossOf(frame: number, row: readonly number[], base: Float64Array): number {
  const still = Float32Array.from(base);
  const [rotations, logScaleOffsets] = [new Float32Array(4 * P), new Float32Array(3 * P)];
  completeMotion(rig.positions, particleNeighbours(rig), still, rotations, logScaleOffsets);
  const deformed = allocateDeformed(gaussians);
  carryGaussians(gaussians, rig, { translations: still, rotations, logScaleOffsets }, deformed);
  const t = translationsOf(row);
  const means = Float64Array.from(gaussians.means);
  for (let n = 0; n < N; n++)
    for (let k = n * rig.neighbours; k < (n + 1) * rig.neighbours; k++)
      for (let axis = 0; axis < 3; axis++)
        means[3 * n + axis] += rig.weights[k] * (axis === 2 ? base : t)[3 * rig.indices[k] + axis];
  const picture = views.flatMap(({ camera, background }) => [
    ...referenceRender({ ...deformed, means }, camera, background).color,
  ]);
  let loss = 0;
  for (let k = 0; k < K; k++) {
    let z = reading.offset[k] - clean[frame * K + k];
    picture.forEach((value, p) => (z += reading.encoder.matrix[k * pixels + p] * (value - reading.rest[p])));
    loss += (weights[k] * (z / scale[k]) ** 2) / (2 * F * K);
  }
  return loss;
}

let rasterizer: DeviceRasterizer;
let decoder: MotionDecoder;
beforeAll(async () => {
  rasterizer = await openRasterizer({ device: 'cpu', threads: 1 });
  decoder = await openMotionDecoder(packed, { frames: F, threads: 1 });
});
afterAll(async () => {
  rasterizer.dispose();
  await decoder.dispose();
});

test('x_t -> particles -> Gaussians -> pictures -> ẑ: the gradient is that of central differences in f64', async () => {
  const tokens = await decoder.tokens(latent);
  const row = {
    tokens,
    translations: restoreMotion(layout, tokens),
    gradient: new Float32Array(tokens.length),
    pull: async () => latent,
  };
  const drawn = drawnMotion(gaussians, rig, rasterizer);
  const scene = { reading, scale, layout, drawn, views, breathe: async () => {} };
  const teacher = { kind: 'latent' as const, clean: async () => clean };
  const { gradient } = await exactScore(scene, teacher, { row, asked: undefined as never, weights });
  const made = await decoder.pullBack(latent, gradient);
  const wanted = new Float64Array(F * 192);
  rowsOf(latent, 192).forEach((values, f) => {
    const base = translationsOf(values);
    const rows = values.map((_, i) => (by: number) => values.map((value, j) => (i === j ? value + by : value)));
    rows.forEach((moved, i) => {
      wanted[f * 192 + i] = (lossOf(f, moved(1e-4), base) - lossOf(f, moved(-1e-4), base)) / 2e-4;
    });
  });
  let [ab, aa, bb] = [0, 0, 0];
  wanted.forEach((value, i) => ([ab, aa, bb] = [ab + value * made[i], aa + value ** 2, bb + made[i] ** 2]));
  const off = Math.hypot(...wanted.map((value, i) => value - made[i]));
  expect(Math.sqrt(aa)).toBeGreaterThan(1e-3);
  expect(ab / Math.sqrt(aa * bb)).toBeGreaterThan(0.999);
  expect(off / Math.sqrt(aa)).toBeLessThan(0.01);
}, 300_000);
