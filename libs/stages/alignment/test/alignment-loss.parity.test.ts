import { describe, expect, test } from 'vitest';
import {
  AUDIO_CONTEXT,
  createMotionLayout,
  decodeMotion,
  embedAudio,
  embedMotion,
  encodeMotion,
  initAlignedSpace,
  initMotionCodec,
  LATENT_WIDTH,
} from '@soliloquy/gaussian-codec';
import { compile, createRng, flattenPaths, type Tensor } from '@soliloquy/tensor';
import { rowsOf, unitReference, type Rows } from '@soliloquy/testing';
import { alignmentLoss, type AlignmentParams } from '../src/alignment/alignment-loss.ts';
import { clip, rig } from './small-person.ts';

const [HEADS, FEATURES, PATCHES, PATCH] = [2, 4, 3, 25];
const FRAMES = PATCHES * PATCH;
const rng = createRng('alignment loss');
const layout = createMotionLayout(rig.positions, rig.regions, [clip().translations]);
const params: AlignmentParams = {
  codec: initMotionCodec(rng, layout, { latents: 2, width: 8, heads: HEADS, hidden: 12 }),
  space: initAlignedSpace(rng, { features: FEATURES, width: 8 }),
};
for (const [path, { data, shape }] of Object.entries(flattenPaths(params)))
  rng
    .fork(path)
    .normal(shape)
    .data.forEach((value, i) => ((data as Float32Array)[i] += 0.1 * value));
const batch = {
  tokens: rng.normal([FRAMES, layout.tokens, 3]),
  windows: rng.normal([FRAMES, 2 * AUDIO_CONTEXT + 1, FEATURES]),
  noise: rng.normal([FRAMES, LATENT_WIDTH]),
};

/** −mean log softmax of each pair among all others, both ways, cosines over 0.1. */
function contrastReference(a: Rows, b: Rows): number {
  const scores = a.map((x) => b.map((y) => x.reduce((sum, value, i) => sum + value * y[i], 0) / 0.1));
  const total = (values: readonly number[]): number => Math.log(values.reduce((sum, s) => sum + Math.exp(s), 0));
  const losses = scores.map((row, i) => 0.5 * (total(row) + total(scores.map((other) => other[i]))) - row[i]);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
const meanSquare = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length;

describe('the loss of alignment', () => {
  /** What the networks, which have tests of their own, make of the batch. */
  const made = async () => {
    const encoder = await compile(
      ({ codec, space }, tokens, windows) => {
        const latent = encodeMotion(codec, tokens, layout, HEADS);
        return { latent: latent.ref, motion: embedMotion(space, latent), voice: embedAudio(space, windows, HEADS) };
      },
      [params, batch.tokens, batch.windows] as const,
    );
    const { latent, motion, voice } = (await encoder.run(params, batch.tokens, batch.windows)) as Record<
      'latent' | 'motion' | 'voice',
      Tensor
    >;
    const noisy = {
      shape: latent.shape,
      data: Float32Array.from(latent.data, (value, i) => value + 0.05 * batch.noise.data[i]),
    };
    const decoder = await compile(({ codec }, x) => decodeMotion(codec, x, layout), [params, noisy] as const);
    const decoded = (await decoder.run(params, noisy)) as Tensor;
    await encoder.dispose();
    await decoder.dispose();
    return { latent, decoded, motion: rowsOf(motion.data, 64), voice: rowsOf(voice.data, 64) };
  };

  test.each([
    [0, 1],
    [0.1, 1],
    [2, 1],
    [2, 0],
    [1, 0.5],
  ])('is its terms in f64, with contrast weighted by %d and patches by %d', async (contrastWeight, patchWeight) => {
    const { latent, decoded, motion, voice } = await made();
    const reconstruction = meanSquare(decoded.data.map((value, i) => value - batch.tokens.data[i]));
    const thinned = (rows: Rows): Rows => rows.filter((_, frame) => frame % 5 === 2);
    const pooled = (rows: Rows): Rows =>
      unitReference(
        Array.from({ length: PATCHES }, (_, patch) =>
          rows[0].map((__, i) => {
            const own = rows.slice(patch * PATCH, (patch + 1) * PATCH);
            return own.reduce((sum, row) => sum + row[i], 0) / PATCH;
          }),
        ),
      );
    const perFrame = contrastReference(thinned(voice), thinned(motion));
    const perPatch = contrastReference(pooled(voice), pooled(motion));

    const program = await compile(
      alignmentLoss({ layout, heads: HEADS, patches: PATCHES, contrastWeight, patchWeight }),
      [params, batch] as const,
    );
    const { loss, aux } = await program.run(params, batch);
    expect(aux.reconstruction.data[0]).toBeCloseTo(reconstruction, 4);
    expect(aux.perFrame.data[0]).toBeCloseTo(perFrame, 3);
    expect(aux.perPatch.data[0]).toBeCloseTo(perPatch, 3);
    const spread = 1e-3 * meanSquare(latent.data);
    expect(spread).toBeGreaterThan(5e-4);
    const rest = contrastWeight * (perFrame + patchWeight * perPatch);
    expect(loss.data[0] - aux.reconstruction.data[0] - rest).toBeCloseTo(spread, contrastWeight >= 1 ? 3 : 4);
    await program.dispose();
  });
});
