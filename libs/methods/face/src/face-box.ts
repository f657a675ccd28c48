import type { PixelBox } from '@soliloquy/image-quality';
import type { Point } from './point.ts';

/** The points that say where a face is. */
export interface EyesAndMouth {
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly mouthCenter: Point;
}

/**
 * The face in the pixels of its points: from above the brows to below the chin. Where sharpness of a face is measured.
 *
 * @param scale pixels of the box per pixel of the points
 */
export function faceBox({ leftEye, rightEye, mouthCenter }: EyesAndMouth, scale: number): PixelBox {
  const distance = Math.hypot(leftEye.x - rightEye.x, leftEye.y - rightEye.y);
  const x = (leftEye.x + rightEye.x) / 2;
  const y = (leftEye.y + rightEye.y) / 2;
  return {
    x0: (x - 1.1 * distance) * scale,
    y0: (y - 0.7 * distance) * scale,
    x1: (x + 1.1 * distance) * scale,
    y1: (mouthCenter.y + 0.7 * distance) * scale,
  };
}
