import { decodeImage, evenSize, MAX_PIXELS, resizeImage } from '@soliloquy/media';
import { StageError, type RunOf } from '@soliloquy/stage';
import type { textToImageStage } from '../stage.ts';

/** Shorter sides leave too few pixels for a mouth to move in. */
const MIN_SIDE = 256;

export const run: RunOf<typeof textToImageStage, 'picture'> = async (inputs, params, ctx) => {
  if (inputs.file === undefined)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'picture.file',
      expected: 'a picture',
      got: 'nothing',
      remedy: 'connect a file',
    });
  await ctx.step(0, 2, 'decoding');
  const image = await decodeImage(inputs.file.bytes, {
    name: inputs.file.name,
    minSide: MIN_SIDE,
    maxPixels: MAX_PIXELS,
    notice: (message) => ctx.log(message),
  });
  await ctx.step(1, 2, 'scaling');
  if (image.width * image.height <= params.maxArea) return { image };
  const { width, height } = evenSize(image.width, image.height, params.maxArea);
  return { image: await resizeImage(image, width, height, { colours: 'weighted' }) };
};
