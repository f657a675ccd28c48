import type { Image } from './image.ts';
import { sharpOf } from './sharp-of.ts';

/**
 * A picture as PNG, every byte of colour and alpha kept (colour under alpha 0 too). Same picture, same bytes: no clock
 * is written.
 */
export async function encodePng(image: Image): Promise<Uint8Array> {
  const picture = await sharpOf(image, 'encode-png.image');
  return new Uint8Array(await picture.png({ compressionLevel: 6, adaptiveFiltering: true, palette: false }).toBuffer());
}
