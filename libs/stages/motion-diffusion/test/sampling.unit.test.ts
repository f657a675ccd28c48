import { beforeAll, describe, expect, test } from 'vitest';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import { partVariance } from '@soliloquy/motion-clips';
import type { Audio, Motion } from '@soliloquy/ports';
import { encodeSafetensors } from '@soliloquy/tensor/safetensors';
import { stageContext } from '@soliloquy/testing';
import { clip, FRAMES, rigOf, spaceOf, voice } from '../../../methods/motion-clips/test/small-person.ts';
import { motionSamplingStage, motionTrainingStage } from '../src/index.ts';
import { run } from '../src/motion-sampling/backbones/ddim.ts';
import { run as trainRun } from '../src/motion-training/backbones/transformer.ts';

const clips = [clip(), clip()];
const space = spaceOf(clips);
const heard = voice();
let model: Awaited<ReturnType<typeof trainRun>>['model'];
const sample = (audio: Audio, given: Record<string, unknown> = {}, seed = 1): Promise<Motion> =>
  sampleOf({ audio, model, space }, given, seed);
const sampleOf = async (
  inputs: Parameters<typeof run>[0],
  given: Record<string, unknown> = {},
  seed = 1,
): Promise<Motion> => {
  const all = { steps: 3, overlap: 3, ...given };
  const params = { ...motionSamplingStage.params.parse(all), ...motionSamplingStage.backbones.ddim.params.parse(all) };
  return (await run(inputs, params, stageContext({ seed }))).motion;
};
beforeAll(async () => {
  const given = { steps: 2, batch: 2, frames: 8, width: 16, layers: 1, heads: 2 };
  const params = {
    ...motionTrainingStage.params.parse(given),
    ...motionTrainingStage.backbones.transformer.params.parse(given),
  };
  model = (await trainRun({ deformation: clips, audio: [voice(), voice()], space }, params, stageContext())).model;
});

describe('motion for a voice', () => {
  test.each([3, 8, 12, 29])('of %i frames is as long as it', async (frames) => {
    const motion = await sample(voice(frames));
    expect(motion).toMatchObject({ frames, fps: 25, particles: 6 });
    expect(motion.latent).toHaveLength(frames * 192);
    expect(motion.positions).toHaveLength(frames * 18);
    expect(motion.positions.every(Number.isFinite)).toBe(true);
  });

  test('has as many frames as are asked for, at the rate that is asked for', async () => {
    expect((await sample(heard, { frames: 17 })).frames).toBe(17);
    const slow = await sample(heard, { fps: 12.5 });
    expect([slow.frames, slow.fps]).toEqual([6, 12.5]);
  });

  test('is where its latent says: the decoded translations from where the particles rest', async () => {
    const { latent, positions } = await sample(heard);
    const opened = await openAlignedSpace(space, 1);
    const translations = await opened.decode(latent);
    positions.forEach((value, i) => expect(value).toBeCloseTo(translations[i] + opened.rig.positions[i % 18], 5));
    await opened.dispose();
  });

  test('comes nearer to the variance of the clips, each part by a factor of at most 1.4', async () => {
    const [plain, restored] = [
      await sample(heard, { globalVariance: false }),
      await sample(heard, { globalVariance: true }),
    ];
    const opened = await openAlignedSpace(space, 1);
    const { regions } = opened.rig;
    const variances = async ({ latent }: Motion) => partVariance(await opened.decode(latent), regions);
    const wanted = [0, 1, 2].map(
      (part) => clips.reduce((sum, { translations }) => sum + partVariance(translations, regions)[part], 0) / 2,
    );
    const before = await variances(plain);
    for (let part = 0; part < 3; part++) {
      const factor = Math.min(1.4, Math.max(1 / 1.4, Math.sqrt(wanted[part] / before[part])));
      for (const column of [part * 64, part * 64 + 63]) {
        const at = (motion: Motion): number[] =>
          Array.from({ length: FRAMES }, (_, frame) => motion.latent[frame * 192 + column]);
        const mean = at(plain).reduce((sum, value) => sum + value, 0) / FRAMES;
        at(restored).forEach((value, frame) => expect(value).toBeCloseTo(mean + factor * (at(plain)[frame] - mean), 4));
      }
    }
    await opened.dispose();
  });

  test('is the same for the same seed; each of seed, voice, guidance, η, overlap and steps changes it', async () => {
    const long = voice(29);
    const one = await sample(long);
    expect(await sample(long)).toEqual(one);
    for (const other of [
      await sample(long, {}, 2),
      await sample(voice(29)),
      await sample(long, { guidance: 2 }),
      await sample(long, { eta: 0 }),
      await sample(long, { overlap: 0 }),
      await sample(long, { steps: 4 }),
    ])
      expect(other.latent).not.toEqual(one.latent);
  });

  test('is cut where the voice ends, and heard with the silence after it', async () => {
    const short = await sample(voice(3), { globalVariance: false });
    expect(short.latent).toHaveLength(3 * 192);
  });

  test('says how far it is, and stops where it is cancelled', async () => {
    const stop = new AbortController();
    const steps: number[][] = [];
    const params = {
      ...motionSamplingStage.params.parse({}),
      ...motionSamplingStage.backbones.ddim.params.parse({ steps: 6 }),
    };
    const ctx = stageContext({
      signal: stop.signal,
      progress(done, total) {
        steps.push([done, total]);
        if (done === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(run({ audio: heard, model, space }, params, ctx)).rejects.toThrow('enough');
    expect(steps).toEqual([0, 0, 1, 1, 1, 2].map((done) => [done, 6]));
  });
});

describe('blinks of a model', () => {
  /** As in a model of clips in which the lids of so many particles go down by 2, for three frames. */
  const blinking = (lids: number): typeof model => ({
    ...model,
    files: {
      ...model.files,
      'blinks.safetensors': encodeSafetensors({
        examples: {
          shape: [1, 3, lids, 3],
          data: Float32Array.from({ length: 9 * lids }, (_, i) => (i % 3 === 1 ? 2 : 0)),
        },
        interval: { shape: [1], data: Float32Array.of(0.4) },
      }),
    },
  });

  test('are put into the motion: the face changes where an eye blinks, and nothing elsewhere', async () => {
    const rig = rigOf(['torso', 'upperFace', 'upperLip', 'leftEyelid', 'rightEyelid', 'leftHand']);
    const own = spaceOf([clip(FRAMES, rig), clip(FRAMES, rig)]);
    const of = { audio: voice(24), space: own };
    const open = await sampleOf({ ...of, model });
    const shut = await sampleOf({ ...of, model: blinking(2) });
    const changes = Array.from({ length: 24 }, (_, frame) =>
      [0, 1, 2].map((part) =>
        [0, 63].some((i) => open.latent[frame * 192 + part * 64 + i] !== shut.latent[frame * 192 + part * 64 + i]),
      ),
    );
    expect(changes.some(([, face]) => face)).toBe(true);
    expect(changes.filter(([, face]) => face).length % 3).toBe(0);
    expect(changes.some(([body, , hand]) => body || hand)).toBe(false);
    expect(await sampleOf({ ...of, model: blinking(2) }, { blinks: false })).toEqual(open);
  });

  test('of other lids than the space has are refused', async () => {
    await expect(sampleOf({ audio: heard, space, model: blinking(2) })).rejects.toMatchObject({
      code: 'stage.count-mismatch',
      where: 'motion-sampling.model',
    });
  });
});
