import { readFileSync } from 'node:fs';
import { decodeImage, type Image } from '@soliloquy/media';

const folder = new URL('./fixtures/', import.meta.url);

export interface Truth {
  readonly mouthCenter: readonly [number, number];
  readonly leftEye: readonly [number, number];
  readonly rightEye: readonly [number, number];
  readonly mouthLeft: readonly [number, number];
  readonly mouthRight: readonly [number, number];
  readonly noseTip: readonly [number, number];
  readonly faceHeight: number;
}

export const PICTURES = ['astronaut.jpg', 'half-body-man.jpg', 'half-body-woman.jpg'] as const;
export const TRUTH = JSON.parse(readFileSync(new URL('truth.json', folder), 'utf8')) as Record<
  (typeof PICTURES)[number],
  Truth
>;

export function fixture(name: string): Promise<Image> {
  return decodeImage(readFileSync(new URL(name, folder)));
}

/** Each pixel's colour through `change`. */
export function recoloured(
  image: Image,
  change: (r: number, g: number, b: number) => readonly [number, number, number],
): Image {
  const data = Uint8ClampedArray.from(image.data);
  for (let at = 0; at < data.length; at += 4) data.set(change(data[at]!, data[at + 1]!, data[at + 2]!), at);
  return { width: image.width, height: image.height, data };
}

/** A picture drawn pixel by pixel, opaque. */
export function drawn(
  width: number,
  height: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): Image {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data.set(colour(x, y), (y * width + x) * 4);
  return { width, height, data };
}

/** The picture turned clockwise about its centre, grey where nothing was. */
export function turned(image: Image, radians: number): Image {
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  return drawn(image.width, image.height, (x, y) => {
    const dx = x + 0.5 - image.width / 2;
    const dy = y + 0.5 - image.height / 2;
    const column = Math.floor(image.width / 2 + dx * cos + dy * sin);
    const row = Math.floor(image.height / 2 - dx * sin + dy * cos);
    if (column < 0 || row < 0 || column >= image.width || row >= image.height) return [120, 120, 120];
    const at = (row * image.width + column) * 4;
    return [image.data[at]!, image.data[at + 1]!, image.data[at + 2]!];
  });
}

/** Numbers of a linear congruential generator, 0 … 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
