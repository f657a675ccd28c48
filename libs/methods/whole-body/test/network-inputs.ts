import { readFileSync } from 'node:fs';
import { decodeImage, type Image } from '@soliloquy/media';
import type { NetworkName } from '../src/network-table.ts';

/** Pictures that the project holds, with their sources. */
const PICTURES = new URL('../../../stages/reference/test/fixtures/', import.meta.url);

export function picture(name: 'astronaut' | 'half-body-man' | 'half-body-woman'): Promise<Image> {
  return decodeImage(readFileSync(new URL(`${name}.jpg`, PICTURES)));
}

/** Which square of the half-body woman a network sees, pixels of a picture of 1024, and as what. */
const INPUTS: Readonly<
  Record<NetworkName, { size: number; left: number; top: number; side: number; range: readonly [number, number] }>
> = {
  'pose-detection': { size: 224, left: 0, top: 0, side: 1024, range: [-1, 1] },
  'pose-landmarks-heavy': { size: 256, left: 0, top: 0, side: 1024, range: [0, 1] },
  'pose-landmarks-full': { size: 256, left: 0, top: 0, side: 1024, range: [0, 1] },
  'face-detection': { size: 128, left: 200, top: 0, side: 640, range: [-1, 1] },
  'face-landmarks': { size: 192, left: 340, top: 60, side: 350, range: [0, 1] },
  'hand-recrop': { size: 256, left: 630, top: 560, side: 320, range: [0, 1] },
  'hand-landmarks': { size: 224, left: 680, top: 605, side: 220, range: [0, 1] },
  'palm-detection': { size: 192, left: 560, top: 480, side: 460, range: [0, 1] },
  'selfie-segmentation': { size: 256, left: 0, top: 0, side: 1024, range: [0, 1] },
  'face-identity': { size: 150, left: 340, top: 60, side: 350, range: [0, 255] },
};

/** f32 [1, size, size, 3]: nearest pixels, so that nothing of this library is between the picture and a network. */
export async function networkInput(name: NetworkName): Promise<{ input: Float32Array; shape: number[] }> {
  const { width, data } = await picture('half-body-woman');
  const { size, left, top, side, range } = INPUTS[name];
  const [low, high] = range;
  const pixel = (place: number): number => Math.floor((place * width) / 1024);
  const input = Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const [k, column, row] = [i % 3, Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
    const x = pixel(left + ((column + 0.5) * side) / size);
    const y = pixel(top + ((row + 0.5) * side) / size);
    return (data[4 * (y * width + x) + k] / 255) * (high - low) + low;
  });
  return { input, shape: [1, size, size, 3] };
}

/** At most this many numbers of an output are compared, spread over all of it. */
const COMPARED = 240;

/** Every so many numbers of an output; a prime, so that all coordinates come. */
export function sampled(values: ArrayLike<number>): number[] {
  const step = values.length <= COMPARED ? 1 : primeFrom(Math.ceil(values.length / COMPARED));
  return Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]);
}

function primeFrom(n: number): number {
  for (let k = 2; k * k <= n; k++) if (n % k === 0) return primeFrom(n + 1);
  return n;
}
