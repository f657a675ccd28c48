import { Fault } from '@soliloquy/fault';
import type { Image } from './image.ts';

export interface ResizeOptions {
  /**
   * `straight` (default): colour and alpha are resized each by itself, which is right where alpha is a matte and the
   * picture goes on behind it. `weighted`: colours count by their alpha, which is right for a cut-out whose colour
   * under alpha 0 means nothing; where nothing but that is, it is resized by itself. A picture without clear parts is
   * the same by either.
   */
  readonly colours?: 'straight' | 'weighted';
}

const LOBES = 3;

/**
 * A picture on another number of pixels, by Lanczos-3: L(x) = sinc(x) sinc(x / 3), widened by the scale where it
 * shrinks, so that nothing aliases (Duchon 1979). A point keeps its place: x' = x · width' / width with pixel centres
 * at .5. Written here because libvips moves what it enlarges by half a pixel.
 *
 * @param width  pixels
 * @param height pixels
 */
export async function resizeImage(
  image: Image,
  width: number,
  height: number,
  options: ResizeOptions = {},
): Promise<Image> {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw new Fault({
      code: 'media.argument',
      where: 'resize-image.size',
      expected: 'whole sides of at least 1',
      got: `${width}x${height}`,
      remedy: 'round them',
      audience: 'author',
    });
  if (image.width === width && image.height === height) return { width, height, data: image.data.slice() };
  const weighted = options.colours === 'weighted' && !isOpaque(image);
  const rows = resizeRows(image, taps(image.width, width), width, weighted);
  const data = new Uint8ClampedArray(width * height * 4);
  const sum = new Float32Array(width * 4);
  for (const [y, { first, weights }] of taps(image.height, height).entries()) {
    sum.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const weight = weights[k];
      const from = (first + k) * width * 4;
      for (let i = 0; i < sum.length; i++) sum[i] += weight * rows[from + i];
    }
    if (weighted)
      for (let i = 0; i < sum.length; i += 4)
        for (let c = 0; c < 3; c++) sum[i + c] = sum[i + 3] > 0 ? (sum[i + c] * 255) / sum[i + 3] : 0;
    data.set(sum, y * width * 4);
  }
  if (weighted) {
    const straight = await resizeImage(image, width, height);
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 0) data.set(straight.data.subarray(i, i + 3), i);
  }
  return { width, height, data };
}

function isOpaque({ data }: Image): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** Every row at its new width, f32 [image.height, width, 4]; weighted colours are multiplied by alpha / 255. */
function resizeRows(image: Image, columns: readonly Taps[], width: number, weighted: boolean): Float32Array {
  const rows = new Float32Array(image.height * width * 4);
  const source = new Float32Array(image.width * 4);
  for (let y = 0, to = 0; y < image.height; y++) {
    source.set(image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4));
    if (weighted)
      for (let i = 0; i < source.length; i += 4) for (let c = 0; c < 3; c++) source[i + c] *= source[i + 3] / 255;
    for (let x = 0; x < width; x++, to += 4) {
      const { first, weights } = columns[x];
      let [r, g, b, a] = [0, 0, 0, 0];
      for (let k = 0, from = first * 4; k < weights.length; k++, from += 4) {
        const weight = weights[k];
        r += weight * source[from];
        g += weight * source[from + 1];
        b += weight * source[from + 2];
        a += weight * source[from + 3];
      }
      rows[to] = r;
      rows[to + 1] = g;
      rows[to + 2] = b;
      rows[to + 3] = a;
    }
  }
  return rows;
}

/** The source pixels that one target pixel is made of, and their weights, which sum to 1. */
interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

function taps(from: number, to: number): Taps[] {
  const scale = Math.max(1, from / to);
  const reach = LOBES * scale;
  return Array.from({ length: to }, (_, index) => {
    const centre = ((index + 0.5) * from) / to;
    const first = Math.max(0, Math.ceil(centre - reach - 0.5));
    const last = Math.min(from - 1, Math.floor(centre + reach - 0.5));
    const weights = Float32Array.from({ length: last - first + 1 }, (_unused, k) =>
      lanczos((first + k + 0.5 - centre) / scale),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function lanczos(x: number): number {
  if (Math.abs(x) < 1e-6) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const phase = Math.PI * x;
  return (LOBES * Math.sin(phase) * Math.sin(phase / LOBES)) / (phase * phase);
}
