import { beforeAll, describe, expect, test } from 'vitest';
import { pullToPixels } from '@soliloquy/latent-flow/motion';
import type { PackedLatentFlow } from '@soliloquy/latent-flow/port';
import type { Audio, Video } from '@soliloquy/ports';
import { armsView, paintedPerson, stageContext } from '@soliloquy/testing';
import { operations, run, type Described } from '../src/backbones/latent-flow.ts';
import { videoDiffusionStage } from '../src/stage.ts';
import { untrainedFlow } from './flow-model.ts';

const person = paintedPerson(armsView(256));
const audio: Audio = {
  sampleRate: 16_000,
  samples: Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin(i / 9) * Math.sin(i / 700)),
};
const params = (given: Record<string, unknown> = {}) => {
  const all = { fps: 25, frames: 6, area: 16_384, steps: 3, ...given };
  const { params: own } = videoDiffusionStage.backbones['latent-flow'];
  const pick = (shape: object) => Object.fromEntries(Object.entries(all).filter(([name]) => name in shape));
  return {
    ...videoDiffusionStage.params.parse(pick(videoDiffusionStage.params.shape)),
    ...own.parse(pick(own.shape)),
  };
};
async function framesOf(video: Video): Promise<Uint8ClampedArray[]> {
  const frames: Uint8ClampedArray[] = [];
  for await (const frame of video.read()) frames.push(frame.slice());
  return frames;
}
const difference = (a: Uint8ClampedArray, b: Uint8ClampedArray): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

describe('latent flow', () => {
  let model: PackedLatentFlow;
  beforeAll(async () => {
    model = await untrainedFlow();
  });
  const film = async (given: Record<string, unknown> = {}, seed = 1) =>
    (
      await run(
        { ...person, audio, prompt: undefined, tracks: undefined, model },
        params(given),
        stageContext({ seed }),
      )
    ).video;

  test('films the person with matte and voice, the same for the same seed, otherwise for another', async () => {
    const video = await film();
    expect(video).toMatchObject({ width: 128, height: 128, fps: 25, frames: 6, audio });
    const frames = await framesOf(video);
    expect(frames).toHaveLength(6);
    expect(await framesOf(await film())).toEqual(frames);
    const other = await framesOf(await film({}, 2));
    expect(difference(frames[3], other[3])).toBeGreaterThan(0.1);
    let covered = 0;
    for await (const matte of video.matte!.read(2, 3)) covered = matte.filter((value) => value > 128).length;
    expect(covered / (128 * 128)).toBeGreaterThan(0.1);
  }, 120_000);

  test('lasts as long as the voice, at any rate', async () => {
    expect(await film({ frames: 0 })).toMatchObject({ frames: 13 });
    expect(await film({ frames: 0, fps: 50 })).toMatchObject({ frames: 25, fps: 50 });
  }, 120_000);

  test('refuses landmarks of another picture, and a model of other points', async () => {
    const wide = { ...person, landmarks: { ...person.landmarks, width: 512 } };
    const ask = (given: object) =>
      run({ ...person, audio, prompt: undefined, tracks: undefined, model, ...given }, params(), stageContext());
    await expect(ask(wide)).rejects.toMatchObject({ code: 'stage.landmarks-size' });
    const strange = { ...model, card: { ...model.card, points: 'v0' } };
    await expect(ask({ model: strange })).rejects.toMatchObject({ code: 'latent-flow.points' });
    const deaf = { ...model, card: { ...model.card, phoneEncoder: '0'.repeat(64) } };
    await expect(ask({ model: deaf })).rejects.toMatchObject({ code: 'speech-features.encoder' });
  });

  describe('scores', () => {
    let described: Described;
    const ctx = stageContext();
    beforeAll(async () => {
      const args = { ...person, width: 128, height: 128, poses: 30, model };
      described = await operations.describe(args, {}, ctx);
    }, 120_000);
    const score = (given: object) => operations.score({ described, audio, tau: 20, seed: 3, model, ...given }, {}, ctx);

    test('latents, and pixels by the transpose of what reads them', async () => {
      const pixels = new Float32Array(3 * described.rest.length);
      for (let f = 0; f < 3; f++) pixels.set(described.rest, f * described.rest.length);
      const latent = new Float32Array(3 * described.offset.length);
      for (let f = 0; f < 3; f++) latent.set(described.offset, f * described.offset.length);
      const [ofPixels, ofLatent] = [await score({ pixels }), await score({ latent })];
      expect(ofPixels.distance).toBeCloseTo(ofLatent.distance, 5);
      const pulled = pullToPixels(described, ofLatent.gradient);
      expect(ofPixels.gradient).toHaveLength(pixels.length);
      ofPixels.gradient.forEach((value, i) => {
        if (Math.abs(value - pulled[i]) > 1e-5) expect(value).toBeCloseTo(pulled[i], 5);
      });
    });

    test('one of them, not both and not neither', async () => {
      await expect(score({})).rejects.toMatchObject({ code: 'stage.bad-call', got: 'neither' });
      const both = { latent: described.offset, pixels: described.rest };
      await expect(score(both)).rejects.toMatchObject({ code: 'stage.bad-call', got: 'both' });
    });
  });
});
