import { StageError, type RunOf } from '@soliloquy/stage';
import { lookOf } from '../figure/look.ts';
import { paintFigure } from '../figure/paint-figure.ts';
import { attributesOfPrompt } from '../figure/prompt-words.ts';
import type { textToImageStage } from '../stage.ts';

/** Attributes say what is painted; a prompt adds what the attributes leave open; the seed draws the rest. */
export const run: RunOf<typeof textToImageStage, 'figure'> = async (inputs, params, ctx) => {
  if (inputs.attributes === undefined && inputs.prompt === undefined) {
    throw new StageError({
      code: 'stage.missing-input',
      where: 'figure.attributes',
      expected: 'attributes or a prompt',
      got: 'neither',
      remedy: 'connect attribute-sampler.attributes or a text',
    });
  }
  const look = lookOf({ ...attributesOfPrompt(inputs.prompt ?? ''), ...inputs.attributes?.values }, ctx.seed);
  ctx.log(
    `figure: ${Object.entries(look)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  );
  return paintFigure(look, params, ctx.seed, (done, total, part) => ctx.step(done, total, part));
};
