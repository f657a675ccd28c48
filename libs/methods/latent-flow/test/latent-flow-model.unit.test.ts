import { beforeAll, describe, expect, it } from 'vitest';
import { exportNetwork, initMotionTransformer } from '@soliloquy/motion-transformer';
import { createRng } from '@soliloquy/tensor';
import { canonicalParts, fitBasis, tokenLayout } from '../src/index.ts';
import { openLatentFlow, packLatentFlow, type LatentFlow, type LatentFlowContents } from '../src/motion/index.ts';
import { latentFlow } from '../src/motion/latent-flow-port.ts';

const layout = tokenLayout({ parts: canonicalParts() });
const draw = createRng('a flow model');
const random = (count: number): Float32Array => draw.normal([count]).data;
const rows = random(60 * layout.width);
const basis = fitBasis(layout, rows, { torso: 2, arms: 3, head: 2, mouth: 2 });
const [T, HEARD] = [12, 4];
const size = { latent: 13, audio: 7 * HEARD + 11, width: 16, layers: 1, heads: 2, reach: 4 };
const contents: LatentFlowContents = {
  params: initMotionTransformer(createRng('flow'), size),
  size,
  frames: T,
  fps: 25,
  noiseSteps: 50,
  basis,
  motion: { mean: random(13), scale: new Float32Array(13).fill(2) },
  audio: { mean: random(size.audio), scale: new Float32Array(size.audio).fill(0.5) },
  variance: new Float32Array(13).fill(1),
  manners: { low: Float32Array.of(-2, -2, -2), usual: Float32Array.of(0, 0, 0), high: Float32Array.of(1, 1, 1) },
  phoneEncoder: 'abc',
  card: { heldOut: 'nobody' },
};
const speech = (frames: number) => ({
  frames,
  heard: random(frames * HEARD),
  person: random(8),
  manner: random(3),
});
const sampling = (seed: number) => ({ steps: 4, eta: 1, guidance: 1, overlap: 4, seed, step: async () => {} });

describe('a latent flow model', () => {
  let model: LatentFlow;
  beforeAll(async () => {
    const stored = await latentFlow.encode(packLatentFlow(contents));
    model = await openLatentFlow(await latentFlow.decode(stored), 1);
  });

  it('keeps basis, scales and card, and half of the bytes of its weights', () => {
    expect(model.basis.encoder).toEqual(basis.encoder);
    expect(model.manners).toEqual(contents.manners);
    const z = random(26);
    model.restore(model.standardise(z)).forEach((value, i) => expect(value).toBeCloseTo(z[i], 5));
    model.standardise(z).forEach((value, i) => expect(value).toBeCloseTo((z[i] - contents.motion.mean[i % 13]) / 2, 5));
    const { files, card } = packLatentFlow(contents);
    expect(files['denoiser.onnx'].length).toBeLessThan(0.75 * exportNetwork(contents, 'latent-flow').length);
    expect(card).toMatchObject({ heldOut: 'nobody', points: 'v1', latent: 13 });
  });

  it('reads of motion what it writes', () => {
    const z = random(3 * 13);
    const motion = model.decode(z);
    expect(motion.appearance).toEqual(
      Float32Array.from({ length: 12 }, (_, i) => z[13 * Math.floor(i / 4) + 9 + (i % 4)]),
    );
    model.encode(motion).forEach((value, i) => expect(value).toBeCloseTo(z[i], 4));
  });

  it('makes motion for any length, the same for the same seed, other for another', async () => {
    for (const frames of [5, T, 31]) {
      const said = speech(frames);
      const [a, b, c] = [
        await model.sample(said, sampling(1)),
        await model.sample(said, sampling(1)),
        await model.sample(said, sampling(2)),
      ];
      expect(a).toHaveLength(frames * 13);
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
    }
  });

  it('refuses a voice that was heard otherwise', () => {
    expect(() => model.condition({ ...speech(20), heard: random(60) })).toThrow(/72|39/);
  });

  it('is refused with other points, and with tensors that do not fit', async () => {
    const packed = packLatentFlow(contents);
    const other = { ...packed, card: { ...packed.card, points: 'v0' } };
    await expect(openLatentFlow(other, 1)).rejects.toMatchObject({ code: 'latent-flow.points' });
    const narrow = packLatentFlow({ ...contents, motion: { ...contents.motion, mean: random(12) } });
    await expect(openLatentFlow(narrow, 1)).rejects.toMatchObject({ code: 'latent-flow.basis' });
    const widths = { ...packed, card: { ...packed.card, widths: { torso: 1, arms: 3, head: 2, mouth: 2 } } };
    await expect(openLatentFlow(widths, 1)).rejects.toMatchObject({ code: 'latent-flow.basis' });
  });
});
