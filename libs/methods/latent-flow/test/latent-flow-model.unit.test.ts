import { beforeAll, describe, expect, it } from 'vitest';
import { exportNetwork } from '@soliloquy/motion-transformer';
import { openLatentFlow, packLatentFlow, type LatentFlow } from '../src/motion/index.ts';
import { latentFlow } from '../src/motion/latent-flow-port.ts';
import { HEARD, LATENT, random, smallContents as contents, smallSpeech as speech, T } from './small-model.ts';

const { basis } = contents;
const sampling = (seed: number) => ({ steps: 4, eta: 1, guidance: 1, overlap: 4, seed, step: async () => {} });

describe('a latent flow model', () => {
  let model: LatentFlow;
  beforeAll(async () => {
    const stored = await latentFlow.encode(packLatentFlow(contents));
    model = await openLatentFlow(await latentFlow.decode(stored), 1);
  });

  it('keeps basis, scales and card, and half of the bytes of its weights', () => {
    expect(model.basis.encoder).toEqual(basis.encoder);
    expect(model.bank).toEqual(contents.bank);
    expect(model.manners).toEqual(contents.manners);
    const z = random(2 * LATENT);
    model.restore(model.standardise(z)).forEach((value, i) => expect(value).toBeCloseTo(z[i], 5));
    model
      .standardise(z)
      .forEach((value, i) => expect(value).toBeCloseTo((z[i] - contents.motion.mean[i % LATENT]) / 2, 5));
    const { files, card } = packLatentFlow(contents);
    expect(files['denoiser.onnx'].length).toBeLessThan(0.75 * exportNetwork(contents, 'latent-flow').length);
    expect(card).toMatchObject({ heldOut: 'nobody', points: 'v1', latent: LATENT });
  });

  it('reads of motion what it writes', () => {
    const z = random(3 * LATENT);
    const motion = model.decode(z);
    expect(motion.appearance).toEqual(
      Float32Array.from({ length: 12 }, (_, i) => z[LATENT * Math.floor(i / 4) + 9 + (i % 4)]),
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
      expect(a).toHaveLength(frames * LATENT);
      expect(a).toEqual(b);
      expect(a).not.toEqual(c);
    }
  });

  it('is told of somebody far from its corpus as of the farthest in it', () => {
    const said = { ...speech(T), person: new Float32Array(8).fill(1e3), manner: new Float32Array(3).fill(-1e3) };
    const told = model.condition(said);
    const width = 7 * HEARD + 11;
    expect([...told.subarray(width - 11, width)]).toEqual([...Array(8).fill(2), ...Array(3).fill(-2)]);
    const [loud] = [model.condition({ ...said, heard: said.heard.map((value) => 100 * value) })];
    expect(Math.max(...loud.subarray(0, width - 11))).toBeGreaterThan(20);
  });

  it('refuses a voice that was heard otherwise', () => {
    expect(() => model.condition({ ...speech(20), heard: random(20 * (HEARD - 1)) })).toThrow(
      `got ${7 * (HEARD - 1) + 11}`,
    );
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
