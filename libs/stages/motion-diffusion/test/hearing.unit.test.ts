import { describe, expect, test } from 'vitest';
import { openEars } from '@soliloquy/speech-features/hearing';
import { stageContext } from '@soliloquy/testing';
import { clip, FPS, spaceOf, voice } from '../../../methods/motion-clips/test/small-person.ts';
import { motionSamplingStage, motionTrainingStage } from '../src/index.ts';
import { run as sample } from '../src/motion-sampling/backbones/ddim.ts';
import { run as train } from '../src/motion-training/backbones/transformer.ts';

const clips = [clip(), clip()];
const heard = voice();
const trainIn = (space: ReturnType<typeof spaceOf>) => {
  const given = { steps: 2, batch: 2, frames: 8, width: 16, layers: 1, heads: 2 };
  const params = {
    ...motionTrainingStage.params.parse(given),
    ...motionTrainingStage.backbones.transformer.params.parse(given),
  };
  return train({ deformation: clips, audio: [voice(), voice()], space }, params, stageContext());
};
const sampleWith = (model: Awaited<ReturnType<typeof trainIn>>['model'], space: ReturnType<typeof spaceOf>) => {
  const params = {
    ...motionSamplingStage.params.parse({}),
    ...motionSamplingStage.backbones.ddim.params.parse({ steps: 2, overlap: 3 }),
  };
  return sample({ audio: heard, model, space }, params, stageContext());
};
const phones = await openEars({ hearing: 'phones' });
const { dims } = await phones.hear(voice(), { fps: FPS, frames: 1 });
const heardByPhones = spaceOf(clips, dims, phones.heardBy);
const heardByMel = spaceOf(clips);

describe('what a motion model hears by', () => {
  test.each([
    ['mel', heardByMel],
    ['phones', heardByPhones],
  ])('is what its space hears by, and stands in its card: %s', async (hearing, space) => {
    const { model } = await trainIn(space);
    expect(model.card.hearing).toBe(hearing);
    const { motion } = await sampleWith(model, space);
    expect(motion.latent.every(Number.isFinite)).toBe(true);
  });

  test('is mel where a card is from before there was a choice', async () => {
    const { model } = await trainIn(heardByMel);
    const { hearing: _, ...card } = model.card;
    const old = { ...model, card: card as typeof model.card };
    expect((await sampleWith(old, heardByMel)).motion).toEqual((await sampleWith(model, heardByMel)).motion);
  });

  test('must be what the space hears by that it samples in', async () => {
    const { model } = await trainIn(heardByMel);
    await expect(sampleWith(model, heardByPhones)).rejects.toMatchObject({
      code: 'stage.hearing-mismatch',
      message:
        'motion-sampling.space: expected a space that hears by mel, as the model does, got one that hears by phones; ' +
        'connect the space that the model was trained in',
    });
  });

  test.each([motionTrainingStage, motionSamplingStage])('is left alone in an old node of $id', (stage) => {
    const node = { backbone: stage.defaultBackbone, params: { steps: 5 } };
    expect(stage.migrations?.map(({ from, migrate }) => [from, migrate(node)])).toEqual([[1, node]]);
  });
});
