import type { Image, Landmarks } from '@soliloquy/ports';
import { StageError } from '@soliloquy/stage';

/** @throws StageError `stage.landmarks-size` for landmarks of a picture of another shape */
export function requireSamePicture(image: Image, landmarks: Landmarks): void {
  const ratio = (landmarks.width / landmarks.height) * (image.height / image.width);
  if (ratio < 0.98 || ratio > 1.02) {
    throw new StageError({
      code: 'stage.landmarks-size',
      where: 'video-diffusion.landmarks',
      expected: `points of a ${image.width}x${image.height} picture`,
      got: `${landmarks.width}x${landmarks.height}`,
      remedy: 'give the landmarks of this picture',
    });
  }
}
