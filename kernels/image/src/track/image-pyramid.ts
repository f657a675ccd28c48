import { Fault } from '@soliloquy/fault';

/** A picture of one plane, f32 [height, width], differences of 0 … 255. */
export interface GrayImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** A picture as what is tracked: brightness, and red less blue, which tells skin from a wall that is as bright. */
export interface TrackedImage {
  readonly luma: GrayImage;
  readonly chroma: GrayImage;
}

/** Level l is 2^l times coarser than the picture; a place (x, y) of the picture is (x, y) / 2^l there. */
export type ImagePyramid = readonly TrackedImage[];

/** Binomial of five pixels, deviation 1: outer, inner, middle. */
const BLUR = [1 / 16, 4 / 16, 6 / 16] as const;

/**
 * Luma (ITU-R BT.601) and red less blue, smoothed by a binomial of five pixels, and their halves.
 *
 * @param rgba u8 [height, width, 4]; alpha is ignored
 */
export function imagePyramid(
  rgba: Uint8ClampedArray,
  size: { readonly width: number; readonly height: number },
  levels: number,
): ImagePyramid {
  const { width, height } = size;
  if (rgba.length !== 4 * width * height)
    throw new Fault({
      code: 'image.argument',
      where: 'image-pyramid.rgba',
      expected: `u8 [${height}, ${width}, 4]`,
      got: `${rgba.length} bytes`,
      audience: 'author',
    });
  const [luma, chroma] = [new Float32Array(width * height), new Float32Array(width * height)];
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
    chroma[i] = rgba[4 * i] - rgba[4 * i + 2];
  }
  const pyramid = [{ luma: blurred({ width, height, data: luma }), chroma: blurred({ width, height, data: chroma }) }];
  while (pyramid.length < levels) {
    const finer = pyramid[pyramid.length - 1];
    pyramid.push({ luma: blurred(halved(finer.luma)), chroma: blurred(halved(finer.chroma)) });
  }
  return pyramid;
}

function blurred({ width, height, data }: GrayImage): GrayImage {
  const [across, out] = [new Float32Array(data.length), new Float32Array(data.length)];
  const [far, near, middle] = BLUR;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let i = row + 2; i < row + width - 2; i++)
      across[i] = far * (data[i - 2] + data[i + 2]) + near * (data[i - 1] + data[i + 1]) + middle * data[i];
    for (const x of [0, 1, width - 2, width - 1]) {
      const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((offset) => data[row + clamp(x + offset, width)]);
      across[row + x] = far * (a + e) + near * (b + d) + middle * c;
    }
  }
  for (let y = 0; y < height; y++) {
    const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((offset) => clamp(y + offset, height) * width);
    for (let x = 0; x < width; x++)
      out[y * width + x] =
        far * (across[a + x] + across[e + x]) + near * (across[b + x] + across[d + x]) + middle * across[c + x];
  }
  return { width, height, data: out };
}

function halved({ width, height, data }: GrayImage): GrayImage {
  const [w, h] = [Math.max(2, width >> 1), Math.max(2, height >> 1)];
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const [x0, x1] = [clamp(2 * x, width), clamp(2 * x + 1, width)];
      const [y0, y1] = [clamp(2 * y, height) * width, clamp(2 * y + 1, height) * width];
      out[y * w + x] = (data[y0 + x0] + data[y0 + x1] + data[y1 + x0] + data[y1 + x1]) / 4;
    }
  return { width: w, height: h, data: out };
}

function clamp(at: number, limit: number): number {
  return at < 0 ? 0 : at >= limit ? limit - 1 : at;
}

/** Bilinear, pixel centres at .5, the border repeated. */
export function grayAt({ width, height, data }: GrayImage, x: number, y: number): number {
  const px = Math.min(width - 1.001, Math.max(0, x - 0.5));
  const py = Math.min(height - 1.001, Math.max(0, y - 0.5));
  const [i, j] = [Math.floor(px), Math.floor(py)];
  const [u, v, at] = [px - i, py - j, j * width + i];
  return (
    (1 - v) * ((1 - u) * data[at] + u * data[at + 1]) + v * ((1 - u) * data[at + width] + u * data[at + width + 1])
  );
}
