import { distanceToOutside } from './distance-transform.ts';

/** Pixels to both sides of a matte's outline in which `outline-psnr` is measured. */
export const BAND = 8;

/**
 * The band along a matte's outline: pixels of the person that are at most `BAND` pixels from one outside, and those
 * outside that are so far from the person. A person cut by the frame has no outline there.
 *
 * @param matte [H, W] above 0.5 is inside
 * @returns     u8 [H, W] 1 in the band
 */
export function outlineBand(matte: Float32Array, width: number, height: number): Uint8Array {
  const inside = distanceToOutside(matte, width, height);
  const outside = distanceToOutside(
    matte.map((value) => (value > 0.5 ? 0 : 1)),
    width,
    height,
  );
  return Uint8Array.from(inside, (distance, i) => (Math.max(distance, outside[i]) <= BAND ? 1 : 0));
}
