import { runOwnProgram } from '@soliloquy/launcher';
import { decodeImage } from '@soliloquy/media';
import { StageError, type RunOf } from '@soliloquy/stage';
import { pictureCommand } from '../picture-command.ts';
import type { textToImageStage } from '../stage.ts';

/** Shorter sides leave too few pixels for a mouth to move in. */
const MIN_SIDE = 256;

/** What a person's own program draws: `run --prompt P --width W --height H --seed N --output O.png`. */
export const run: RunOf<typeof textToImageStage, 'command'> = async ({ prompt, attributes }, params, ctx) => {
  const sentence = prompt ?? attributes?.prompt ?? '';
  if (sentence.trim() === '')
    throw new StageError({
      code: 'stage.missing-input',
      where: 'text-to-image.attributes',
      expected: 'attributes with a prompt, or a prompt',
      got: 'no words',
      remedy: 'connect attribute-sampler.attributes or a text',
    });
  const size = ['--width', String(params.width), '--height', String(params.height)];
  const args = ['--prompt', params.template.replaceAll('{prompt}', sentence), ...size];
  const run = { where: 'text-to-image.command', system: pictureCommand, args, ending: '.png' };
  const bytes = await runOwnProgram(run, ctx);
  return { image: await decodeImage(bytes, { name: 'what picture-command drew', minSide: MIN_SIDE }) };
};
