/** A picture in memory. */
export interface Image {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** u8 [height, width, 4] sRGB RGBA, straight (not premultiplied); alpha is the matte, 255 = person */
  readonly data: Uint8ClampedArray;
}

/**
 * The even sides that keep the aspect of `width` x `height` and come nearest to `area`: w = √(area · width / height), h
 * = area / w, each to the nearest even number (H.264 with 4:2:0 chroma has even sides only), at least 2.
 *
 * @param area pixels²
 * @returns    pixels
 */
export function evenSize(width: number, height: number, area: number): { width: number; height: number } {
  const even = (side: number): number => Math.max(2, 2 * Math.round(side / 2));
  return { width: even(Math.sqrt((area * width) / height)), height: even(Math.sqrt((area * height) / width)) };
}
