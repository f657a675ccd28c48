import type { Sharp } from 'sharp';
import { Fault } from '@soliloquy/fault';
import type { Image } from './image.ts';
import { loadSharp } from './load-sharp.ts';

/** A picture for sharp. @throws Fault `media.argument` where its bytes are not its size's */
export async function sharpOf({ width, height, data }: Image, where: string): Promise<Sharp> {
  if (data.length !== width * height * 4)
    throw new Fault({
      code: 'media.argument',
      where,
      expected: `u8 [${height}, ${width}, 4]`,
      got: `${data.length} bytes`,
      remedy: 'give RGBA',
      audience: 'author',
    });
  return (await loadSharp())(data, { raw: { width, height, channels: 4 } });
}
