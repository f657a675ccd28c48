import type { Image } from './image.ts';
import { loadSharp } from './load-sharp.ts';

export interface ResizeOptions {
  /**
   * `straight` (default): colour and alpha are resized each by itself, which is right where alpha is a matte and the picture goes on behind it.
   * `weighted`: colours count by their alpha, which is right for a cut-out whose colour under alpha 0 means nothing.
   */
  readonly colours?: 'straight' | 'weighted';
}

/**
 * A picture on another number of pixels, by Lanczos-3 (widened when it shrinks, so nothing aliases).
 *
 * @param width  pixels
 * @param height pixels
 */
export async function resizeImage(image: Image, width: number, height: number, options: ResizeOptions = {}): Promise<Image> {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) throw new RangeError(`resize-image.size: expected whole sides of at least 1, got ${width}x${height}; round them`);
  if (image.width === width && image.height === height) return { width, height, data: image.data.slice() };
  const resized = async (data: Uint8ClampedArray, channels: 1 | 3 | 4): Promise<Uint8Array> => {
    const sharp = await loadSharp();
    const pipeline = sharp(data, { raw: { width: image.width, height: image.height, channels } }).resize(width, height, { fit: 'fill', kernel: 'lanczos3' });
    return (channels === 1 ? pipeline.toColourspace('b-w') : pipeline).raw().toBuffer();
  };
  // sharp weights colours by alpha whenever there is an alpha channel.
  if (options.colours === 'weighted') return { width, height, data: new Uint8ClampedArray(await resized(image.data, 4)) };

  const pixels = image.width * image.height;
  const colours = new Uint8ClampedArray(pixels * 3);
  const alphas = new Uint8ClampedArray(pixels);
  for (let i = 0; i < pixels; i++) {
    colours[3 * i] = image.data[4 * i];
    colours[3 * i + 1] = image.data[4 * i + 1];
    colours[3 * i + 2] = image.data[4 * i + 2];
    alphas[i] = image.data[4 * i + 3];
  }
  const rgb = await resized(colours, 3);
  const alpha = alphas.every((value) => value === 255) ? undefined : await resized(alphas, 1);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    data[4 * i] = rgb[3 * i];
    data[4 * i + 1] = rgb[3 * i + 1];
    data[4 * i + 2] = rgb[3 * i + 2];
    data[4 * i + 3] = alpha ? alpha[i] : 255;
  }
  return { width, height, data };
}
