import type { Point } from '@soliloquy/face';

/** Some of a picture, pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The box around places, grown by `margin`, within the picture; may be empty. */
export function boxAround(places: readonly Point[], margin: number, { width, height }: Size): Box {
  const bound = (of: 'x' | 'y', pick: (a: number, b: number) => number): number =>
    places.map((place) => place[of]).reduce((a, b) => pick(a, b));
  const x = Math.min(width, Math.max(0, Math.floor(bound('x', Math.min) - margin)));
  const y = Math.min(height, Math.max(0, Math.floor(bound('y', Math.min) - margin)));
  return {
    x,
    y,
    width: Math.max(0, Math.min(width, Math.ceil(bound('x', Math.max) + margin)) - x),
    height: Math.max(0, Math.min(height, Math.ceil(bound('y', Math.max) + margin)) - y),
  };
}

/** The box around what is above 0, grown by `margin`, within the picture; may be empty. */
export function boxOf(mask: ArrayLike<number>, size: Size, margin: number): Box {
  const { width, height } = size;
  const low = { x: Infinity, y: Infinity };
  const high = { x: -Infinity, y: -Infinity };
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (!(mask[i] > 0)) continue;
      if (x < low.x) low.x = x;
      if (x >= high.x) high.x = x + 1;
      if (y < low.y) low.y = y;
      high.y = y + 1;
    }
  return low.x === Infinity ? { x: 0, y: 0, width: 0, height: 0 } : boxAround([low, high], margin, size);
}

/** Index in the picture of each pixel of the box, row by row. */
export function indicesOf({ x, y, width, height }: Box, pictureWidth: number): Int32Array {
  const indices = new Int32Array(width * height);
  for (let row = 0, k = 0; row < height; row++) {
    const first = (y + row) * pictureWidth + x;
    for (let column = 0; column < width; column++, k++) indices[k] = first + column;
  }
  return indices;
}
