import type { PixelBox } from './quality.ts';

/** Pixels to each side of the neighbourhood: 5x5. */
const REACH = 2;
const NEIGHBOURS = (2 * REACH + 1) ** 2;

/** A picture in bytes, of whose pixels only some count. */
export interface SpeckedPicture {
  readonly width: number;
  readonly height: number;
  /** u8 [H, W, 4] */
  readonly data: ArrayLike<number>;
  /** [H, W]; pixels with a weight above 0 count */
  readonly mask: ArrayLike<number>;
}

/**
 * Specks: pixels that differ from the median of their 5x5 neighbourhood, themselves included, by more than so many
 * levels in some channel, over the pixels that count. Salt-and-pepper noise as switching median filters detect it (Sun
 * and Neuvo 1994). Pixels within two of the border do not count: their neighbourhood is not whole.
 *
 * @param levels 0 … 255
 * @returns      0 … 1; NaN when no pixel counts
 */
export function speckShare({ width, height, data, mask }: SpeckedPicture, levels: number): number {
  const whole: PixelBox = { x0: REACH, y0: REACH, x1: width - REACH, y1: height - REACH };
  let specks = 0;
  let count = 0;
  for (let y = whole.y0; y < whole.y1; y++)
    for (let x = whole.x0; x < whole.x1; x++) {
      if (!(mask[y * width + x] > 0)) continue;
      count++;
      const at = (y * width + x) * 4;
      if ([0, 1, 2].some((channel) => isSpeck(data, at + channel, { row: width * 4, levels }))) specks++;
    }
  return specks / count;
}

/** The median is more than `levels` above a value exactly where most of the neighbourhood is; likewise below. */
function isSpeck(
  data: ArrayLike<number>,
  at: number,
  { row, levels }: { readonly row: number; readonly levels: number },
): boolean {
  const value = data[at];
  let above = 0;
  let below = 0;
  for (let dy = -REACH * row; dy <= REACH * row; dy += row)
    for (let dx = -REACH * 4; dx <= REACH * 4; dx += 4) {
      const difference = data[at + dy + dx] - value;
      if (difference > levels) above++;
      else if (difference < -levels) below++;
    }
  return 2 * Math.max(above, below) > NEIGHBOURS;
}
