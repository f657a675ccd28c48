import { regionIndex } from '@soliloquy/gaussian-cloud';

/** World units: the picture is 2 high at this distance from the camera. */
export const PERSON_DISTANCE = 5;

const NEARER = new Map<number, number>([
  [regionIndex('leftHand'), 0.16],
  [regionIndex('rightHand'), 0.16],
  [regionIndex('leftArm'), 0.08],
  [regionIndex('rightArm'), 0.08],
]);

/**
 * Depth of the visible surface: the silhouette inflated like a balloon (thickness grows with the root of the distance
 * to the outline, Johnston 2002), arms and hands before the body. One picture shows no depth: this is a prior that
 * gives order and a plausible orbit.
 *
 * @param inside f32 [H, W] pixels to the outline
 * @returns      f32 [H, W] world, along the camera's axis
 */
export function surfaceDepth(
  inside: Float32Array,
  width: number,
  height: number,
  regionAt: (x: number, y: number) => number,
): Float32Array {
  const pixel = 2 / height;
  return Float32Array.from(inside, (distance, i) => {
    if (distance === 0) return PERSON_DISTANCE;
    const bulge = Math.sqrt(Math.min(distance, 0.12 * height) * 0.12 * height) * pixel * 0.7;
    return PERSON_DISTANCE - bulge - (NEARER.get(regionAt((i % width) + 0.5, Math.floor(i / width) + 0.5)) ?? 0);
  });
}
