import type { Pixels, PlaneSet } from './sample-pixels.ts';

/** What one pixel of a line is made of: pixels from `first` on. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/** A triangle as wide as a pixel of the smaller picture, so that nothing aliases. */
function tapsOf(from: number, to: number): Taps[] {
  const scale = Math.max(1, from / to);
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to;
    const first = Math.max(0, Math.floor(centre - scale + 0.5));
    const last = Math.min(from, Math.floor(centre + scale + 0.5));
    const raw = Float64Array.from({ length: last - first }, (_unused, k) =>
      Math.max(0, 1 - Math.abs((first + k + 0.5 - centre) / scale)),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });
}

/**
 * A picture on another number of pixels as Pillow's bilinear `resize` makes it, whole bytes after each direction.
 *
 * @returns f32 [3, toHeight, toWidth] 0 … 255
 */
export function resizeTriangle({ width, height, data }: Pixels, toWidth: number, toHeight: number): PlaneSet {
  const [across, down] = [tapsOf(width, toWidth), tapsOf(height, toHeight)];
  const rows = new Float32Array(3 * height * toWidth);
  const plane = height * toWidth;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < toWidth; x++) {
      const { first, weights } = across[x];
      let [r, g, b] = [0, 0, 0];
      for (let k = 0, from = 4 * (y * width + first); k < weights.length; k++, from += 4) {
        r += weights[k] * data[from];
        g += weights[k] * data[from + 1];
        b += weights[k] * data[from + 2];
      }
      const at = y * toWidth + x;
      rows[at] = (r + 0.5) | 0;
      rows[plane + at] = (g + 0.5) | 0;
      rows[2 * plane + at] = (b + 0.5) | 0;
    }
  const out = new Float32Array(3 * toWidth * toHeight);
  const sums = new Float64Array(toWidth);
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < toHeight; y++) {
      const { first, weights } = down[y];
      sums.fill(0.5);
      for (let k = 0; k < weights.length; k++) {
        const weight = weights[k];
        const from = (c * height + first + k) * toWidth;
        for (let x = 0; x < toWidth; x++) sums[x] += weight * rows[from + x];
      }
      const to = (c * toHeight + y) * toWidth;
      for (let x = 0; x < toWidth; x++) out[to + x] = sums[x] | 0;
    }
  return { width: toWidth, height: toHeight, data: out };
}

/**
 * Brightness of a picture (Rec. 601) on a square, by the same triangles.
 *
 * @returns f32 [side, side] 0 … 255
 */
export function resizeLuma({ width, height, data }: Pixels, side: number): Float32Array {
  const [across, down] = [tapsOf(width, side), tapsOf(height, side)];
  const rows = new Float32Array(height * side);
  const line = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = 4 * y * width; x < width; x++, at += 4)
      line[x] = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    for (let x = 0; x < side; x++) {
      const { first, weights } = across[x];
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * line[first + k];
      rows[y * side + x] = sum;
    }
  }
  const out = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const { first, weights } = down[y];
    for (let k = 0; k < weights.length; k++)
      for (let x = 0; x < side; x++) out[y * side + x] += weights[k] * rows[(first + k) * side + x];
  }
  return out;
}
