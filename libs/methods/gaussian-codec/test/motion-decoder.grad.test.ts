import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { RegionName } from '@soliloquy/ports';
import { createRng } from '@soliloquy/tensor';
import { linearReference, mlpReference, rowsOf } from '@soliloquy/testing';
import {
  createMotionLayout,
  initAlignedSpace,
  initMotionCodec,
  openAlignedSpace,
  openMotionDecoder,
  packAlignedSpace,
  pullBackMotion,
  restoreMotion,
  type AlignedSpace,
  type MotionDecoder,
} from '../src/index.ts';

const rng = createRng('motion decoder');
const NAMES: readonly RegionName[] = ['torso', 'torso', 'head', 'upperLip', 'lowerLip'];
const P = NAMES.length;
const rig = {
  particles: P,
  positions: rng.normal([P, 3]).data,
  regions: Uint8Array.from(NAMES, regionIndex),
  neighbours: 1,
  indices: new Int32Array(4),
  weights: new Float32Array(4).fill(1),
};
const layout = createMotionLayout(rig.positions, rig.regions, [rng.normal([20, P, 3]).data]);
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
const F = 4;
const latent = rng.normal([F, 192]).data;

/** ⟨restore(decode(x)), g⟩ in f64. */
function judge(x: Float64Array, g: Float32Array): number {
  let sum = 0;
  let at = 0;
  layout.parts.forEach((part, index) => {
    if (part.tokens === 0) return;
    const own = rowsOf(x, 192).map((row) => row.slice(index * 64, (index + 1) * 64));
    const [deep, direct] = [
      mlpReference(codec[part.name].decoder, own),
      linearReference(codec[part.name].decoderDirect, own),
    ];
    const value = (f: number, token: number, axis: number): number =>
      (deep[f][token * 3 + axis] + direct[f][token * 3 + axis]) * layout.scale[at + token] +
      layout.mean[(at + token) * 3 + axis];
    for (let f = 0; f < F; f++)
      part.members.forEach((p, i) => {
        for (let axis = 0; axis < 3; axis++)
          sum += g[(f * P + p) * 3 + axis] * (value(f, 0, axis) + value(f, 1 + i, axis));
      });
    at += part.tokens;
  });
  return sum;
}

describe('a decoder that can be differentiated', () => {
  let decoder: MotionDecoder;
  let space: AlignedSpace;
  beforeAll(async () => {
    decoder = await openMotionDecoder(packed, { frames: 2, threads: 1 });
    space = await openAlignedSpace(packed, 1);
  });
  afterAll(async () => {
    await decoder.dispose();
    await space.dispose();
  });

  test('decodes as the space does', async () => {
    const made = restoreMotion(layout, await decoder.tokens(latent));
    const wanted = await space.decode(latent);
    made.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 5));
    expect(decoder.rig).toEqual(rig);
  });

  test('pulls a gradient on the particles back to x_t as central differences in f64 have it', async () => {
    const g = rng.normal([F, P, 3]).data;
    const pulled = await decoder.pullBack(latent, pullBackMotion(layout, g));
    const wanted = Float64Array.from(latent, (_, i) => {
      const moved = (by: number): number =>
        judge(
          Float64Array.from(latent, (value, j) => (i === j ? value + by : value)),
          g,
        );
      return (moved(1e-4) - moved(-1e-4)) / 2e-4;
    });
    const norm = Math.hypot(...wanted);
    expect(norm).toBeGreaterThan(1);
    expect(Math.hypot(...wanted.map((value, i) => value - pulled[i])) / norm).toBeLessThan(1e-5);
  });

  test('of another hand is refused', async () => {
    const foreign = { files: { ...packed.files, 'decoder.onnx': packed.files['encoder.onnx'] } };
    await expect(openMotionDecoder(foreign, { frames: 2, threads: 1 })).rejects.toMatchObject({
      code: 'aligned-space.foreign',
    });
  });
});
