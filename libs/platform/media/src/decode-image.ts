import { readImageHeader } from './image-header.ts';
import type { Image } from './image.ts';
import { loadSharp } from './load-sharp.ts';
import { firstLine, MediaError } from './media-error.ts';

export interface DecodeImageOptions {
  /** What messages call the picture. Default `image` */
  readonly name?: string;
  /** Shorter side that is still taken, pixels. Default 1; 256 for a user's picture */
  readonly minSide?: number;
  /** Largest area that is decoded, pixels². Default 50 million */
  readonly maxPixels?: number;
}

/** Largest picture that is decoded, pixels². */
export const MAX_PIXELS = 50_000_000;

/**
 * A PNG, JPEG or WebP as 8-bit sRGB: its colour profile is applied and its EXIF rotation honoured. What cannot be taken
 * is refused from the header, before anything is decoded.
 *
 * @throws MediaError of another format, animated, too large, too small, truncated
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<Image> {
  const { name = 'image', maxPixels = MAX_PIXELS } = options;
  const format = checkHeader(bytes, options);
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: maxPixels,
      sequentialRead: true,
      pages: 1,
    })
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 4) throw new Error(`${info.channels} channels`);
    return {
      width: info.width,
      height: info.height,
      data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength),
    };
  } catch (cause) {
    throw new MediaError(
      {
        code: 'media.image-truncated',
        where: name,
        expected: `a whole ${format}`,
        got: `a truncated or damaged one (${firstLine(cause)})`,
        remedy: 'copy the picture again',
      },
      { cause },
    );
  }
}

/** Refuses what cannot be taken. @returns the format, in capitals */
function checkHeader(bytes: Uint8Array, options: DecodeImageOptions): string {
  const { name = 'image', minSide = 1, maxPixels = MAX_PIXELS } = options;
  const header = readImageHeader(bytes);
  if (bytes.length === 0)
    throw new MediaError({
      code: 'media.image-format',
      where: name,
      expected: 'a PNG, JPEG or WebP picture',
      got: 'an empty file',
      remedy: 'give another picture',
    });
  if (header.format !== 'png' && header.format !== 'jpeg' && header.format !== 'webp') {
    throw new MediaError({
      code: 'media.image-format',
      where: name,
      expected: 'a PNG, JPEG or WebP picture',
      got: header.format === 'unknown' ? 'something else' : header.format.toUpperCase(),
      remedy: 'save it as PNG or JPEG',
    });
  }
  if (header.width === undefined || header.height === undefined)
    throw new MediaError({
      code: 'media.image-truncated',
      where: name,
      expected: `a whole ${header.format.toUpperCase()}`,
      got: `${bytes.length} bytes without its header`,
      remedy: 'copy the picture again',
    });
  if (header.animated)
    throw new MediaError({
      code: 'media.image-animated',
      where: name,
      expected: 'one still picture',
      got: `an animated ${header.format.toUpperCase()}`,
      remedy: 'save one frame of it',
    });
  const { width, height } = header;
  if (width * height > maxPixels) {
    throw new MediaError({
      code: 'media.image-too-large',
      where: `${name}.size`,
      expected: `at most ${Math.round(maxPixels / 1e6)} megapixels`,
      got: `${width}x${height} (${Math.round((width * height) / 1e6)} megapixels)`,
      remedy: 'scale it down',
    });
  }
  if (Math.min(width, height) < minSide)
    throw new MediaError({
      code: 'media.image-too-small',
      where: `${name}.size`,
      expected: `sides of at least ${minSide} pixels`,
      got: `${width}x${height}`,
      remedy: 'give a larger picture',
    });
  return header.format.toUpperCase();
}
