import { laplacianVariance } from '@soliloquy/image-quality';
import type { Image } from '@soliloquy/media';

/** What is measured of a candidate without any network: networks that see people are not here yet. */
export interface Judgement {
  /** Variance of the Laplacian of luma, Rec. 709, of 0 … 255: how sharp it is (Pech-Pacheco et al. 2000). */
  readonly sharpness: number;
  /** Share of pixels that are black or white through and through: what a picture that came to nothing is made of. */
  readonly clipped: number;
}

const BLACK = 2;
const WHITE = 253;

export function judge({ width, height, data }: Image): Judgement {
  let clipped = 0;
  for (let i = 0; i < width * height; i++) {
    const [r = 0, g = 0, b = 0] = data.subarray(4 * i, 4 * i + 3);
    if (Math.max(r, g, b) <= BLACK || Math.min(r, g, b) >= WHITE) clipped++;
  }
  const box = { x0: 0, y0: 0, x1: width, y1: height };
  return { sharpness: laplacianVariance(data, width, height, box, 4), clipped: clipped / (width * height) };
}

/** Index of the best: the sharpest, as far as it is not clipped; of equals the first. */
export function best(judgements: readonly Judgement[]): number {
  const scores = judgements.map(({ sharpness, clipped }) => sharpness * (1 - clipped));
  return scores.indexOf(Math.max(...scores));
}

/** All candidates side by side, in rows of about a square, the first one first; empty places are clear. */
export function sheetOf(images: readonly Image[]): Image {
  const [{ width = 0, height = 0 } = {}] = images;
  const columns = Math.ceil(Math.sqrt(images.length));
  const rows = Math.ceil(images.length / columns);
  const data = new Uint8ClampedArray(4 * width * columns * height * rows);
  for (const [index, image] of images.entries()) {
    const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
    for (let y = 0; y < height; y++)
      data.set(image.data.subarray(4 * y * width, 4 * (y + 1) * width), 4 * ((top + y) * width * columns + left));
  }
  return { width: width * columns, height: height * rows, data };
}
