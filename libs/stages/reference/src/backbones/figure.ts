import { StageError, type RunOf } from '@soliloquy/stage';
import { checkLandmarks, checkSize } from '../given.ts';
import type { referenceStage } from '../stage.ts';

/**
 * @throws StageError `missing-input` when the painter gave no points or background, `size-mismatch` when they are of
 * another picture
 */
export const run: RunOf<typeof referenceStage, 'figure'> = (inputs) => {
  const { image, landmarks, background } = inputs;
  if (!landmarks)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'reference.landmarks',
      expected: "the painter's points",
      got: 'none',
      remedy: 'connect them, or use the backbone photo',
    });
  if (!background)
    throw new StageError({
      code: 'stage.missing-input',
      where: 'reference.background',
      expected: "the painter's background",
      got: 'none',
      remedy: 'connect it, or use the backbone photo',
    });
  checkLandmarks(landmarks, image);
  checkSize(background, image);
  if (!someClear(image.data))
    throw new StageError({
      code: 'stage.no-matte',
      where: 'reference.image',
      expected: 'the matte of the figure in alpha',
      got: 'an opaque picture',
      remedy: 'use the backbone photo',
    });
  return { image, landmarks, background };
};

function someClear(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at]! < 128) return true;
  return false;
}
