import type { Camera } from '@soliloquy/ports';
import { PERSON_DISTANCE } from './surface-depth.ts';

/** A camera before the person that sees the picture, 2 world units high. */
export function cameraOf(width: number, height: number): Camera {
  const focal = (PERSON_DISTANCE * height) / 2;
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: width / 2,
    cy: height / 2,
    worldToCamera: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
}
