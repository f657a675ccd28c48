import type { Image } from '@soliloquy/media';
import { boxMean, planeOf, type Plane } from '@soliloquy/planes';

/**
 * Means over a window of `2 radius + 1` pixels square of what a matte covers.
 *
 * @param image rgba; alpha is not read
 * @param matte f32 0 … 1, of the picture's size
 * @returns     coverage 0 … 1, and red, green and blue by coverage, 0 … 255: over `coverage` they are mean colours
 */
export function meanOfCovered(
  image: Image,
  matte: Plane,
  radius: number,
): { readonly coverage: Plane; readonly colours: readonly Plane[] } {
  const colours = [0, 1, 2].map((c) => {
    const product = planeOf(matte.width, matte.height);
    for (let i = 0; i < product.data.length; i++) product.data[i] = matte.data[i] * image.data[4 * i + c];
    return boxMean(product, radius);
  });
  return { coverage: boxMean(matte, radius), colours };
}
