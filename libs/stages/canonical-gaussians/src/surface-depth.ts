import { regionIndex } from '@soliloquy/gaussian-cloud';
import type { FaceDepth } from './face-depth.ts';

/** World units: the picture is 2 high at this distance from the camera. */
export const PERSON_DISTANCE = 5;

const NEARER = new Map<number, number>([
  [regionIndex('leftHand'), 0.16],
  [regionIndex('rightHand'), 0.16],
  [regionIndex('leftArm'), 0.08],
  [regionIndex('rightArm'), 0.08],
]);

/** How far a surface stands before its outline, world units, so many pixels inside of it. */
export function bulge(inside: number, height: number): number {
  return Math.sqrt(Math.min(inside, 0.12 * height) * 0.12 * height) * (2 / height) * 0.7;
}

/** What is known of a picture's depth. */
export interface DepthClues {
  /** f32 [H, W] pixels to the outline */
  readonly inside: Float32Array;
  readonly regionAt: (x: number, y: number) => number;
  readonly face: FaceDepth | undefined;
}

/**
 * Depth of the visible surface: the face from its mesh; the rest as its silhouette inflated like a balloon (thickness
 * grows with the root of the distance to the outline, Johnston 2002), arms and hands before the body. One picture shows
 * no depth: this is a prior that gives order and a plausible orbit.
 *
 * @returns f32 [H, W] world, along the camera's axis
 */
export function surfaceDepth({ inside, regionAt, face }: DepthClues, width: number, height: number): Float32Array {
  const pixel = 2 / height;
  return Float32Array.from(inside, (distance, i) => {
    if (distance === 0) return PERSON_DISTANCE;
    const nearer = NEARER.get(regionAt((i % width) + 0.5, Math.floor(i / width) + 0.5)) ?? 0;
    const share = nearer > 0 ? 0 : (face?.share[i] ?? 0);
    return (
      PERSON_DISTANCE -
      (1 - share) * bulge(distance, height) -
      nearer +
      (share > 0 ? share * face!.depth[i] * pixel : 0)
    );
  });
}

/** Steeper than this a surface is seen edge on, or ends. */
const STEEPEST = 3;

/**
 * How the surface falls away at a pixel, depth over width. Of the differences to both sides the smaller counts: the
 * larger may lead over an edge to what is behind.
 */
export function slopeAt(depth: Float32Array, width: number, height: number, i: number): [number, number] {
  const pixel = 2 / height;
  const [x, y] = [i % width, Math.floor(i / width)];
  const along = (step: number, before: boolean, after: boolean): number => {
    const back = before ? (depth[i] - depth[i - step]) / pixel : 0;
    const ahead = after ? (depth[i + step] - depth[i]) / pixel : 0;
    const slope = Math.abs(back) < Math.abs(ahead) ? back : ahead;
    return Math.max(-STEEPEST, Math.min(STEEPEST, slope));
  };
  return [along(1, x > 0, x < width - 1), along(width, y > 0, y < height - 1)];
}
