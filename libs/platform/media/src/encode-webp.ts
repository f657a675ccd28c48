import type { Image } from './image.ts';
import { sharpOf } from './sharp-of.ts';

/** A picture as lossy WebP, for a glance: a picture of 64x96 takes some kilobytes. @param quality 1 … 100 */
export async function encodeWebp(image: Image, quality = 70): Promise<Uint8Array> {
  const picture = await sharpOf(image, 'encode-webp.image');
  return new Uint8Array(await picture.webp({ quality, effort: 0 }).toBuffer());
}
