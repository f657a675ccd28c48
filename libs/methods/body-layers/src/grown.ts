import { boxMean, type Plane } from '@soliloquy/planes';
import { boxOf, indicesOf } from './box.ts';

/**
 * A mask grown in all eight directions.
 *
 * @param mask u8 [H, W]
 * @param by   pixels; at least one
 */
export function grown(
  mask: Uint8Array,
  picture: { readonly width: number; readonly height: number },
  by: number,
): Uint8Array {
  const radius = Math.max(1, Math.round(by));
  const box = boxOf(mask, picture, 2 * radius);
  const indices = indicesOf(box, picture.width);
  const plane: Plane = { width: box.width, height: box.height, data: Float32Array.from(indices, (i) => mask[i]) };
  const near = boxMean(plane, radius).data;
  const out = new Uint8Array(mask.length);
  indices.forEach((i, k) => (out[i] = near[k] > 1e-4 ? 1 : 0));
  return out;
}
