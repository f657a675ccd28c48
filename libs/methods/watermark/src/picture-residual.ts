import type { Video } from '@soliloquy/media';
import { hiddenSquare } from './mark-tile.ts';

/** Luma of a picture, or the mean of several: f32 [height, width], 0 … 255. */
export interface LumaPlane {
  readonly width: number;
  readonly height: number;
  readonly luma: Float32Array;
}

/** Variance that noise and codecs leave anywhere, levels². */
const FLOOR = 0.4;
/** Edges count at most this many standard deviations. */
const CLIP = 2;

/** Mean luma of pictures (BT.709): what stays the same over a film adds up, what moves and what codecs add does not. */
export class LumaMean {
  readonly #width: number;
  readonly #height: number;
  readonly #sum: Float32Array;
  #count = 0;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#sum = new Float32Array(width * height);
  }

  /** @param rgba u8 [height, width, 4] */
  add(rgba: ArrayLike<number>): void {
    const sum = this.#sum;
    for (let i = 0, p = 0; i < sum.length; i++, p += 4)
      sum[i] += 0.2126 * rgba[p] + 0.7152 * rgba[p + 1] + 0.0722 * rgba[p + 2];
    this.#count += 1;
  }

  get plane(): LumaPlane {
    const count = Math.max(1, this.#count);
    return { width: this.#width, height: this.#height, luma: this.#sum.map((value) => value / count) };
  }
}

/** Mean luma of at most `most` frames from the beginning of a film. */
export async function meanLuma(film: Video, most: number): Promise<LumaPlane> {
  const mean = new LumaMean(film.width, film.height);
  for await (const frame of film.read(0, Math.min(most, film.frames))) mean.add(frame);
  return mean.plane;
}

/**
 * How much each pixel says of a mark: what is quick in the picture, over its own variance there, times how strong a
 * mark would be there (the matched filter for noise of that variance); edges are clipped.
 *
 * @param reach of the mean that is taken away, pixels to each side
 * @returns f32 [height, width]
 */
export function residualOf({ width, height, luma }: LumaPlane, reach: number): Float32Array {
  const slow = boxMean(luma, width, height, reach);
  const quick = luma.map((value, i) => value - slow[i]);
  const variance = boxMean(
    quick.map((value) => value * value),
    width,
    height,
    reach,
  );
  return quick.map((value, i) => {
    const spread = Math.sqrt(variance[i] + FLOOR);
    const expected = Math.sqrt(hiddenSquare(variance[i]));
    return (Math.max(-CLIP, Math.min(CLIP, value / spread)) * expected) / spread;
  });
}

/** Mean over a square, cut at the picture's border. */
function boxMean(plane: Float32Array, width: number, height: number, reach: number): Float32Array {
  const across = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) runningMean(plane, across, { start: y * width, stride: 1, count: width }, reach);
  const both = new Float32Array(plane.length);
  for (let x = 0; x < width; x++) runningMean(across, both, { start: x, stride: width, count: height }, reach);
  return both;
}

interface Line {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

function runningMean(from: Float32Array, into: Float32Array, { start, stride, count }: Line, reach: number): void {
  let sum = 0;
  for (let i = 0; i < Math.min(reach, count); i++) sum += from[start + i * stride];
  for (let i = 0; i < count; i++) {
    if (i + reach < count) sum += from[start + (i + reach) * stride];
    if (i - reach - 1 >= 0) sum -= from[start + (i - reach - 1) * stride];
    into[start + i * stride] = sum / (Math.min(count - 1, i + reach) - Math.max(0, i - reach) + 1);
  }
}
