import { Fault } from '@soliloquy/fault';
import type { Image } from './image.ts';
import { loadSharp } from './load-sharp.ts';

/**
 * A picture as PNG, every byte of colour and alpha kept (colour under alpha 0 too). Same picture, same bytes: no clock
 * is written.
 */
export async function encodePng(image: Image): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, data } = image;
  if (data.length !== width * height * 4)
    throw new Fault({
      code: 'media.argument',
      where: 'encode-png.image',
      expected: `u8 [${height}, ${width}, 4]`,
      got: `${data.length} bytes`,
      remedy: 'give RGBA',
      audience: 'author',
    });
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 4 } })
      .png({ compressionLevel: 6, adaptiveFiltering: true, palette: false })
      .toBuffer(),
  );
}
