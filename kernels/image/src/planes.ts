import { Fault } from '@soliloquy/fault';
/** A picture as separate planes, which a kernel can gather one by one. */
export interface Planes {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** number of planes */
  readonly count: number;
  /** f32 [count, height, width] */
  readonly data: Float32Array;
}

/**
 * Red, green and blue times alpha, then alpha: the form in which colours may be interpolated (Porter and Duff 1984).
 *
 * @param rgba u8 [height, width, 4] straight
 * @returns    f32 [4, height, width] 0 … 1
 */
export function premultipliedPlanes(rgba: Uint8ClampedArray, width: number, height: number): Planes {
  const size = width * height;
  if (rgba.length !== 4 * size)
    throw new Fault({
      code: 'image.argument',
      where: 'premultiplied-planes.rgba',
      expected: `u8 [${height}, ${width}, 4]`,
      got: `${rgba.length} bytes`,
      remedy: 'give the size of the picture',
      audience: 'author',
    });
  const data = new Float32Array(4 * size);
  for (let i = 0; i < size; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    for (let c = 0; c < 3; c++) data[c * size + i] = (rgba[4 * i + c] / 255) * alpha;
    data[3 * size + i] = alpha;
  }
  return { width, height, count: 4, data };
}

/** `count` of the planes from `first` on; shares memory. */
export function planesFrom(planes: Planes, first: number, count: number): Planes {
  const size = planes.width * planes.height;
  return {
    width: planes.width,
    height: planes.height,
    count,
    data: planes.data.subarray(first * size, (first + count) * size),
  };
}
