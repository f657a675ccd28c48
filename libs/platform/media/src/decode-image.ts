import type { Sharp } from 'sharp';
import { hasGainMap } from './gain-map.ts';
import { readImageHeader } from './image-header.ts';
import type { Image } from './image.ts';
import { loadSharp } from './load-sharp.ts';
import { firstLine, MediaError } from './media-error.ts';
import { chunksBeforePixels } from './png-chunks.ts';
import { repairJpeg } from './repair-jpeg.ts';
import { hdrTitle, needsConversion, toSrgb, type ColorCode } from './tone-map.ts';

export interface DecodeImageOptions {
  /** What messages call the picture. Default `image` */
  readonly name?: string;
  /** Shorter side that is still taken, pixels. Default 1; 256 for a user's picture */
  readonly minSide?: number;
  /** Largest area that is decoded, pixels². Default 50 million */
  readonly maxPixels?: number;
  /** Told, in a sentence, what was done to the picture that its giver should know. */
  readonly notice?: (message: string) => void;
}

/** Largest picture that is decoded, pixels². */
export const MAX_PIXELS = 50_000_000;

/**
 * A PNG, JPEG or WebP as 8-bit sRGB: its colour profile is applied, its EXIF rotation honoured, HDR (PQ, HLG)
 * tone-mapped. What cannot be taken is refused from the header, before anything is decoded.
 *
 * @throws MediaError of another format, animated, too large, too small, truncated
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeImageOptions = {}): Promise<Image> {
  const { name = 'image', maxPixels = MAX_PIXELS, notice = () => {} } = options;
  const format = checkHeader(bytes, options);
  try {
    return await decodePixels(bytes, format, { maxPixels, notice: (said) => notice(`${name}: ${said}`) });
  } catch (cause) {
    throw new MediaError(
      {
        code: 'media.image-truncated',
        where: name,
        expected: `a whole ${format.toUpperCase()}`,
        got: `a truncated or damaged one (${firstLine(cause)})`,
        remedy: 'copy the picture again',
      },
      { cause },
    );
  }
}

/** Refuses what cannot be taken. @returns the format */
function checkHeader(bytes: Uint8Array, options: DecodeImageOptions): 'png' | 'jpeg' | 'webp' {
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
  return header.format;
}

interface PixelOptions {
  readonly maxPixels: number;
  readonly notice: (said: string) => void;
}

async function decodePixels(
  bytes: Uint8Array,
  format: 'png' | 'jpeg' | 'webp',
  { maxPixels, notice }: PixelOptions,
): Promise<Image> {
  if (hasGainMap(bytes)) notice('has a gain map for HDR screens; its ordinary picture is taken, without it');
  if (format === 'jpeg') return decodeJpeg(bytes, maxPixels);
  const code = format === 'png' ? colorCode(bytes) : undefined;
  const converted = code !== undefined && needsConversion(code);
  const title = code && hdrTitle(code);
  if (title)
    notice(
      converted
        ? `is HDR (${title}); tone-mapped to sRGB, white at 203 cd/m²`
        : `is HDR (${title}) in primaries that are not known (${code?.primaries}); read as sRGB, not tone-mapped`,
    );
  const pipeline = await openPixels(bytes, { maxPixels, failOn: 'error', ignoreIcc: converted });
  if (!converted) return readPixels(pipeline);
  const { width, height, data } = await readWidePixels(pipeline, bytes[24]);
  return { width, height, data: toSrgb(data, code) };
}

/** u16 [pixels, 4]. libvips moves 8-bit values on the way to 16 bit, so those are widened here. */
async function readWidePixels(
  pipeline: Sharp,
  bits: number,
): Promise<{ width: number; height: number; data: Uint16Array }> {
  if (bits <= 8) {
    const { width, height, data } = await readPixels(pipeline);
    return { width, height, data: Uint16Array.from(data, (value) => value * 257) };
  }
  const { data, info } = await pipeline
    .toColourspace('rgb16')
    .ensureAlpha()
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`${info.channels} channels`);
  const wide = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  return { width: info.width, height: info.height, data: wide };
}

/**
 * Rows that are missing are only warned of by the decoder, which makes them grey, as harmless oddities are: those do
 * not stop it. In a progressive picture that ends as it should, what is missing is detail and no row.
 */
async function decodeJpeg(bytes: Uint8Array, maxPixels: number): Promise<Image> {
  const jpeg = repairJpeg(bytes);
  try {
    return await readPixels(await openPixels(jpeg.bytes, { maxPixels, failOn: 'warning' }));
  } catch (warned) {
    if (/premature end/i.test(String(warned)) && (jpeg.unended || !jpeg.progressive)) throw warned;
    return readPixels(await openPixels(jpeg.bytes, { maxPixels, failOn: 'error' }));
  }
}

async function openPixels(
  bytes: Uint8Array,
  { maxPixels, ...options }: { maxPixels: number; failOn: 'warning' | 'error'; ignoreIcc?: boolean },
): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(bytes, { limitInputPixels: maxPixels, sequentialRead: true, pages: 1, ...options }).autoOrient();
}

async function readPixels(pipeline: Sharp): Promise<Image> {
  const { data, info } = await pipeline
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`${info.channels} channels`);
  const { width, height } = info;
  return { width, height, data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.byteLength) };
}

/** What a PNG says of its colours by code. */
function colorCode(bytes: Uint8Array): ColorCode | undefined {
  for (const { kind, data } of chunksBeforePixels(bytes))
    if (kind === 'cICP' && data.length >= 4) return { primaries: data[0], transfer: data[1] };
  return undefined;
}
