/** A picture of whose pixels only some count. */
export interface Compared {
  readonly width: number;
  readonly height: number;
  /** f32 or f64 [H, W, 3], 0 … 1 */
  readonly image: ArrayLike<number>;
  /** the same of what it should be */
  readonly target: ArrayLike<number>;
  /** [H, W]; pixels with a weight above 0 count, all when absent */
  readonly mask?: ArrayLike<number>;
}

/**
 * Peak signal-to-noise ratio, −10 log10(mean squared error), peak 1.
 *
 * @returns dB; Infinity for equal pictures, NaN when no pixel counts
 */
export function psnr({ image, target, mask }: Compared): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < image.length; i++) {
    if (mask && !(mask[Math.floor(i / 3)] > 0)) continue;
    sum += (image[i] - target[i]) ** 2;
    count++;
  }
  return -10 * Math.log10(sum / count);
}

/**
 * Structural similarity (Wang et al. 2004): 11x11 Gaussian window, σ = 1.5, K = 0.01, 0.03, peak 1, population
 * covariance, the picture mirrored at its border; per channel, mean over channels and over the pixels that count.
 */
export function ssim({ width, height, image, target, mask }: Compared): number {
  const size = width * height;
  const C1 = 0.01 ** 2;
  const C2 = 0.03 ** 2;
  const planes = [0, 1, 2, 3, 4].map(() => new Float64Array(size));
  let sum = 0;
  let count = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < size; i++) {
      const a = image[i * 3 + channel];
      const b = target[i * 3 + channel];
      planes[0][i] = a;
      planes[1][i] = b;
      planes[2][i] = a * a;
      planes[3][i] = b * b;
      planes[4][i] = a * b;
    }
    const [ma, mb, aa, bb, ab] = planes.map((plane) => blur(plane, width, height));
    for (let i = 0; i < size; i++) {
      if (mask && !(mask[i] > 0)) continue;
      const va = aa[i] - ma[i] * ma[i];
      const vb = bb[i] - mb[i] * mb[i];
      const cov = ab[i] - ma[i] * mb[i];
      sum += ((2 * ma[i] * mb[i] + C1) * (2 * cov + C2)) / ((ma[i] * ma[i] + mb[i] * mb[i] + C1) * (va + vb + C2));
      count++;
    }
  }
  return sum / count;
}

const WINDOW = (() => {
  const raw = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / (2 * 1.5 ** 2)));
  const total = raw.reduce((a, b) => a + b, 0);
  return raw.map((value) => value / total);
})();

/** Half-sample mirror of an index, as SciPy's `reflect`: -1 is 0. */
function mirror(index: number, size: number): number {
  let i = index;
  while (i < 0 || i >= size) i = i < 0 ? -1 - i : 2 * size - 1 - i;
  return i;
}

function blur(plane: Float64Array, width: number, height: number): Float64Array {
  const across = new Float64Array(plane.length);
  const out = new Float64Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = -5; k <= 5; k++)
        sum += WINDOW[k + 5] * plane[y * width + (x + k >= 0 && x + k < width ? x + k : mirror(x + k, width))];
      across[y * width + x] = sum;
    }
  }
  for (let y = 0; y < height; y++) {
    for (let k = -5; k <= 5; k++) {
      const row = (y + k >= 0 && y + k < height ? y + k : mirror(y + k, height)) * width;
      const weight = WINDOW[k + 5];
      for (let x = 0; x < width; x++) out[y * width + x] += weight * across[row + x];
    }
  }
  return out;
}

/** A rectangle of pixels; `x1`, `y1` exclusive. */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/**
 * Sharpness as the variance of the Laplacian (Pech-Pacheco et al. 2000) of the luma (Rec. 709) inside a box. Grows with
 * contrast too: compare only pictures of the same thing.
 *
 * @param image [H, W, channels], any scale
 */
export function laplacianVariance(
  image: ArrayLike<number>,
  width: number,
  height: number,
  box: PixelBox,
  channels: 3 | 4 = 3,
): number {
  const luma = (x: number, y: number): number => {
    const o = (y * width + x) * channels;
    return 0.2126 * image[o] + 0.7152 * image[o + 1] + 0.0722 * image[o + 2];
  };
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = Math.max(1, Math.floor(box.y0)); y < Math.min(height - 1, box.y1); y++) {
    for (let x = Math.max(1, Math.floor(box.x0)); x < Math.min(width - 1, box.x1); x++) {
      const value = luma(x - 1, y) + luma(x + 1, y) + luma(x, y - 1) + luma(x, y + 1) - 4 * luma(x, y);
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return squares / count - (sum / count) ** 2;
}
