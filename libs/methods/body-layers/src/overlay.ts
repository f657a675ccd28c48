import type { Image } from '@soliloquy/media';

/** Layers laid over each other. */
export interface Overlay {
  /** Lays a picture over what is there (Porter and Duff 1984). */
  add(image: Image): void;
  /** A color at a pixel, premultiplied, 0 … 255. */
  at(index: number, channel: number): number;
}

export function overlay(width: number, height: number): Overlay {
  const sums = new Float32Array(3 * width * height);
  return {
    add({ data }) {
      for (let i = 0; i < width * height; i++) {
        const alpha = data[4 * i + 3] / 255;
        if (alpha === 0) continue;
        for (let c = 0; c < 3; c++) sums[3 * i + c] = alpha * data[4 * i + c] + (1 - alpha) * sums[3 * i + c];
      }
    },
    at: (index, channel) => sums[3 * index + channel],
  };
}
