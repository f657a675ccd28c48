import type { Image } from '@soliloquy/media';
import { seededRandom } from '@soliloquy/testing';

type Read = (x: number, y: number) => readonly [Image, number, number] | undefined;

/** A picture whose pixels come from others; grey where there is none. */
export function composed(width: number, height: number, read: Read): Image {
  const data = new Uint8ClampedArray(width * height * 4).fill(128);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const [image, u, v] = read(x, y) ?? [];
      if (image && u! >= 0 && v! >= 0 && u! < image.width && v! < image.height)
        data.set(image.data.subarray(4 * (v! * image.width + u!), 4 * (v! * image.width + u!) + 3), at);
      data[at + 3] = 255;
    }
  return { width, height, data };
}

export function mirrored(image: Image): Image {
  return composed(image.width, image.height, (x, y) => [image, image.width - 1 - x, y]);
}

/** Turned by a quarter, clockwise. */
export function turned(image: Image): Image {
  return composed(image.height, image.width, (x, y) => [image, y, image.height - 1 - x]);
}

/** Every second pixel. */
export function smaller(image: Image): Image {
  return composed(image.width >> 1, image.height >> 1, (x, y) => [image, 2 * x, 2 * y]);
}

export function darker(image: Image): Image {
  const data = image.data.map((value, i) => (i % 4 === 3 ? 255 : value * 0.5));
  return { ...image, data };
}

export function noise(side: number): Image {
  const random = seededRandom(3);
  const data = Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => (i % 4 === 3 ? 255 : random() * 256));
  return { width: side, height: side, data };
}
