import type { Image } from './image.ts';

/** @returns f32 [height, width, 3] the colors of a picture, sRGB 0 … 1, as they are stored: alpha does not count */
export function rgbOf({ data, width, height }: Image): Float32Array {
  const rgb = new Float32Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from] / 255;
    rgb[to + 1] = data[from + 1] / 255;
    rgb[to + 2] = data[from + 2] / 255;
  }
  return rgb;
}

/** @returns f32 [height, width] the alpha of a picture, 0 … 1: the matte where it has one */
export function alphaOf({ data, width, height }: Image): Float32Array {
  return Float32Array.from({ length: width * height }, (_, i) => data[4 * i + 3] / 255);
}
