import type { Image } from '@soliloquy/ports';
import type { FaceFrame } from './face-frame.ts';

/** sRGB 0 … 1 */
export type Colour = readonly [number, number, number];

/**
 * Reads the picture at its own resolution in face coordinates: bilinear, border repeated. `face` is the frame in the
 * picture's own pixels.
 */
export function colourReader(picture: Image, face: FaceFrame): (a: number, b: number) => Colour {
  const { width, height, data } = picture;
  return (a, b) => {
    const { x, y } = face.toFilm(a, b);
    const gx = Math.min(width - 1, Math.max(0, x - 0.5));
    const gy = Math.min(height - 1, Math.max(0, y - 0.5));
    const [x0, y0] = [Math.floor(gx), Math.floor(gy)];
    const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
    const [u, v] = [gx - x0, gy - y0];
    const channel = (c: number): number =>
      ((1 - v) * ((1 - u) * data[4 * (y0 * width + x0) + c] + u * data[4 * (y0 * width + x1) + c]) +
        v * ((1 - u) * data[4 * (y1 * width + x0) + c] + u * data[4 * (y1 * width + x1) + c])) /
      255;
    return [channel(0), channel(1), channel(2)];
  };
}

/** The colour of a patch, each channel's median over 7x7 samples: a mole or a highlight does not count. */
export function patchColour(
  read: (a: number, b: number) => Colour,
  a: number,
  b: number,
  halfWidth: number,
  halfHeight: number,
): Colour {
  const samples = Array.from({ length: 49 }, (_, i) =>
    read(a + halfWidth * ((i % 7) / 3 - 1), b + halfHeight * (Math.floor(i / 7) / 3 - 1)),
  );
  const median = (c: 0 | 1 | 2): number => samples.map((colour) => colour[c]).sort((x, y) => x - y)[24];
  return [median(0), median(1), median(2)];
}

/** Rec. 709 luma of sRGB values. */
export function luma([r, g, b]: Colour): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Each channel times `factor`. */
export function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** From `first` to `second` by `t`. */
export function mix(first: Colour, second: Colour, t: number): Colour {
  return [
    first[0] + (second[0] - first[0]) * t,
    first[1] + (second[1] - first[1]) * t,
    first[2] + (second[2] - first[2]) * t,
  ];
}
