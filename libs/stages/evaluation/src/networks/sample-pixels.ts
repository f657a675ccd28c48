/** A picture of bytes. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** u8 [height, width, 4] RGBA; alpha is not looked at */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Numbers of a picture, plane by plane. */
export interface PlaneSet {
  readonly width: number;
  readonly height: number;
  /** f32 [3, height, width] */
  readonly data: Float32Array;
}

/**
 * Red, green and blue of a picture, one plane each.
 *
 * @returns f32 [3, height, width] 0 … 255
 */
export function planesOf({ width, height, data }: Pixels): PlaneSet {
  const size = width * height;
  const out = new Float32Array(3 * size);
  for (let i = 0; i < size; i++) for (let c = 0; c < 3; c++) out[c * size + i] = data[4 * i + c];
  return { width, height, data: out };
}

/** Which two pixels of a line a sample lies between, and its share of the second. */
interface Line {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float64Array;
}

function lineOf(from: number, to: number): Line {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    first[i] = Math.min(from - 1, Math.floor(at));
    second[i] = Math.min(from - 1, first[i] + 1);
    share[i] = at - first[i];
  }
  return { first, second, share };
}

/**
 * Bilinear samples at x' = (x + ½) · w / w' − ½, nothing averaged: PyTorch's `interpolate(mode='bilinear',
 * align_corners=False)`, as FID and FVD are computed.
 */
export function resizeBilinear({ width, height, data }: PlaneSet, toWidth: number, toHeight: number): PlaneSet {
  const [across, down] = [lineOf(width, toWidth), lineOf(height, toHeight)];
  const out = new Float32Array(3 * toWidth * toHeight);
  let at = 0;
  for (let c = 0; c < 3; c++)
    for (let y = 0; y < toHeight; y++) {
      const [top, below] = [down.first[y], down.second[y]].map((row) => (c * height + row) * width);
      const v = down.share[y];
      for (let x = 0; x < toWidth; x++) {
        const [p, q, u] = [across.first[x], across.second[x], across.share[x]];
        const above = data[top + p] * (1 - u) + data[top + q] * u;
        out[at++] = above * (1 - v) + (data[below + p] * (1 - u) + data[below + q] * u) * v;
      }
    }
  return { width: toWidth, height: toHeight, data: out };
}

/** Steps of OpenCV's weights when it resizes bytes. */
const WEIGHT_STEPS = 2048;

/**
 * Bilinear samples of bytes as OpenCV's `resize` gives them: weights in steps of 1/2048, no average where it shrinks.
 *
 * @returns u8 [toHeight, toWidth, 4], alpha 255
 */
export function resizeBytes({ width, height, data }: Pixels, toWidth: number, toHeight: number): Pixels {
  const [across, down] = [lineOf(width, toWidth), lineOf(height, toHeight)];
  const out = new Uint8Array(4 * toWidth * toHeight).fill(255);
  for (let y = 0; y < toHeight; y++) {
    const v = roundEven(Math.fround(down.share[y]) * WEIGHT_STEPS);
    const [top, below] = [down.first[y] * width, down.second[y] * width];
    for (let x = 0; x < toWidth; x++) {
      const u = roundEven(Math.fround(across.share[x]) * WEIGHT_STEPS);
      const [p, q] = [across.first[x], across.second[x]];
      for (let c = 0; c < 3; c++) {
        const above = data[4 * (top + p) + c] * (WEIGHT_STEPS - u) + data[4 * (top + q) + c] * u;
        const under = data[4 * (below + p) + c] * (WEIGHT_STEPS - u) + data[4 * (below + q) + c] * u;
        const sum = (((WEIGHT_STEPS - v) * (above >> 4)) >> 16) + ((v * (under >> 4)) >> 16);
        out[4 * (y * toWidth + x) + c] = (sum + 2) >> 2;
      }
    }
  }
  return { width: toWidth, height: toHeight, data: out };
}

/** [[a, b, c], [d, e, f]] row by row: x' = a x + b y + c, y' = d x + e y + f, pixel centres at whole numbers */
export type Warp = readonly [number, number, number, number, number, number];

const PLACE_STEPS = 32;
const FINE_STEPS = 1024;

/**
 * A picture moved by a matrix as OpenCV's `warpAffine` moves bytes: places in steps of 1/32 pixel, black outside.
 *
 * @param warp from the picture to what comes out
 * @returns    u8 [height, width, 4], alpha 255
 */
export function warpBytes(picture: Pixels, warp: Warp, width: number, height: number): Pixels {
  const [a, b, c, d, e, f] = invertWarp(warp);
  const out = new Uint8Array(4 * width * height).fill(255);
  const read = (x: number, y: number, channel: number): number =>
    x < 0 || y < 0 || x >= picture.width || y >= picture.height
      ? 0
      : picture.data[4 * (y * picture.width + x) + channel];
  for (let y = 0; y < height; y++) {
    const startX = roundEven((b * y + c) * FINE_STEPS) + FINE_STEPS / PLACE_STEPS / 2;
    const startY = roundEven((e * y + f) * FINE_STEPS) + FINE_STEPS / PLACE_STEPS / 2;
    for (let x = 0; x < width; x++) {
      const px = Math.floor((startX + roundEven(a * x * FINE_STEPS)) / PLACE_STEPS);
      const py = Math.floor((startY + roundEven(d * x * FINE_STEPS)) / PLACE_STEPS);
      const [sx, sy] = [Math.floor(px / PLACE_STEPS), Math.floor(py / PLACE_STEPS)];
      const [u, v] = [px - sx * PLACE_STEPS, py - sy * PLACE_STEPS];
      for (let k = 0; k < 3; k++) {
        const above = read(sx, sy, k) * (PLACE_STEPS - u) + read(sx + 1, sy, k) * u;
        const under = read(sx, sy + 1, k) * (PLACE_STEPS - u) + read(sx + 1, sy + 1, k) * u;
        out[4 * (y * width + x) + k] = (above * (PLACE_STEPS - v) + under * v + PLACE_STEPS ** 2 / 2) >> 10;
      }
    }
  }
  return { width, height, data: out };
}

/** The matrix of the way back. */
export function invertWarp([a, b, c, d, e, f]: Warp): Warp {
  const scale = 1 / (a * e - b * d);
  const [p, q, r, s] = [e * scale, -b * scale, -d * scale, a * scale];
  return [p, q, -(p * c + q * f), r, s, -(r * c + s * f)];
}

/** The whole number nearest to a value, the even one of two. */
function roundEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
