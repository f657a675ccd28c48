import { beforeAll, describe, expect, test } from 'vitest';
import { openAlignedSpace } from '@soliloquy/gaussian-codec';
import type { Audio, Motion } from '@soliloquy/ports';
import { openEars } from '@soliloquy/speech-features/hearing';
import { stageContext } from '@soliloquy/testing';
import { clip, FPS, RATE, spaceOf, voice } from '../../../methods/motion-clips/test/small-person.ts';
import { motionSamplingStage, motionTrainingStage } from '../src/index.ts';
import { run } from '../src/motion-sampling/backbones/causal.ts';
import { run as train } from '../src/motion-training/backbones/transformer.ts';

const clips = [clip(), clip()];
const space = spaceOf(clips);
let model: Awaited<ReturnType<typeof train>>['model'];

/** A buzz with syllables, as long as so many frames. */
function buzz(frames: number, until = frames): Audio {
  const samples = Float32Array.from({ length: (frames * RATE) / FPS }, (_, i) => {
    const t = i / RATE;
    if (t * FPS >= until) return 0;
    let x = 0;
    for (let h = 1; h < 20; h++) x += Math.sin(2 * Math.PI * 130 * h * t) / h;
    return 0.2 * x * (0.5 - 0.5 * Math.cos(2 * Math.PI * 4 * t));
  });
  return { sampleRate: RATE, samples };
}

async function sample(
  audio: Audio,
  given: Record<string, unknown> = {},
  seed = 1,
  heard = { model, space },
): Promise<Motion> {
  const all = { steps: 2, ...given };
  const params = {
    ...motionSamplingStage.params.parse(all),
    ...motionSamplingStage.backbones.causal.params.parse(all),
  };
  return (await run({ audio, ...heard }, params, stageContext({ seed }))).motion;
}

async function trained(within: typeof space): Promise<typeof model> {
  const given = { steps: 2, batch: 2, frames: 8, width: 16, layers: 1, heads: 2 };
  const params = {
    ...motionTrainingStage.params.parse(given),
    ...motionTrainingStage.backbones.transformer.params.parse(given),
  };
  const learned = { deformation: clips, audio: [voice(), voice()], space: within };
  return (await train(learned, params, stageContext())).model;
}

beforeAll(async () => {
  model = await trained(space);
});

describe('motion that is sampled as a live avatar samples it', () => {
  test.each([3, 8, 29])('of %i frames is as long as the voice', async (frames) => {
    const motion = await sample(buzz(frames));
    expect(motion).toMatchObject({ frames, fps: 25, particles: 6 });
    expect(motion.latent).toHaveLength(frames * 192);
    expect(motion.positions.every(Number.isFinite)).toBe(true);
  });

  test('has as many frames as are asked for, with silence after the voice', async () => {
    expect((await sample(buzz(10), { frames: 23 })).frames).toBe(23);
    expect((await sample(buzz(30), { frames: 12 })).frames).toBe(12);
  });

  test('does not know what is said later than the look-ahead and the piece', async () => {
    const [whole, cut] = [await sample(buzz(60)), await sample(buzz(60, 40))];
    // 40 frames are the same; the piece that ends there looks 120 ms ahead.
    const known = (40 - 3 - 5) * 192;
    expect(cut.latent.slice(0, known)).toEqual(whole.latent.slice(0, known));
    expect(cut.latent.slice(known)).not.toEqual(whole.latent.slice(known));
  });

  test('is made by phones as well, and knows as little of what comes', async () => {
    const phones = await openEars({ hearing: 'phones' });
    const { dims } = await phones.hear(voice(), { fps: FPS, frames: 1 });
    const heard = spaceOf(clips, dims, phones.heardBy);
    await phones.dispose();
    const learned = { model: await trained(heard), space: heard };
    const [whole, cut] = [await sample(buzz(60), {}, 1, learned), await sample(buzz(60, 40), {}, 1, learned)];
    const known = (40 - 3 - 5) * 192;
    expect(whole.frames).toBe(60);
    expect(cut.latent.slice(0, known)).toEqual(whole.latent.slice(0, known));
    expect(cut.latent.slice(known)).not.toEqual(whole.latent.slice(known));
  });

  test('is the same for a seed, another for another, and lies where its latent says', async () => {
    const motion = await sample(buzz(20));
    expect(await sample(buzz(20))).toEqual(motion);
    expect((await sample(buzz(20), {}, 2)).latent).not.toEqual(motion.latent);
    const opened = await openAlignedSpace(space, 1);
    const translations = await opened.decode(motion.latent);
    motion.positions.forEach((value, i) =>
      expect(value).toBeCloseTo(translations[i] + opened.rig.positions[i % 18], 5),
    );
    await opened.dispose();
  });

  test('is refused where the space hears by something that is not told piece by piece', async () => {
    const embedding = { ...space, card: { ...space.card, hearing: 'embedding' as const } };
    const learned = { ...model, card: { ...model.card, hearing: 'embedding' as const } };
    const params = {
      ...motionSamplingStage.params.parse({}),
      ...motionSamplingStage.backbones.causal.params.parse({}),
    };
    await expect(
      run({ audio: buzz(8), model: learned, space: embedding }, params, stageContext()) as Promise<unknown>,
    ).rejects.toThrow(/^motion-sampling\.space: expected a space that hears by phones or mel, .*; sample with/);
  });
});
