import type { Image } from '@soliloquy/ports';
import { toPicture, type FaceFrame } from './face-frame.ts';

/** sRGB 0 … 1 */
export type Color = readonly [number, number, number];

/** The color of a picture at face coordinates. */
export type ReadColor = (u: number, v: number) => Color;

/**
 * Reads the picture at its own resolution in face coordinates: bilinear, border repeated. `face` is the frame in the
 * picture's own pixels.
 */
export function colorReader(picture: Image, face: FaceFrame): ReadColor {
  const { width, height, data } = picture;
  return (u, v) => {
    const { x, y } = toPicture(face, u, v);
    const gx = Math.min(width - 1, Math.max(0, x - 0.5));
    const gy = Math.min(height - 1, Math.max(0, y - 0.5));
    const [x0, y0] = [Math.floor(gx), Math.floor(gy)];
    const [x1, y1] = [Math.min(width - 1, x0 + 1), Math.min(height - 1, y0 + 1)];
    const [fx, fy] = [gx - x0, gy - y0];
    const channel = (c: number): number =>
      ((1 - fy) * ((1 - fx) * data[4 * (y0 * width + x0) + c] + fx * data[4 * (y0 * width + x1) + c]) +
        fy * ((1 - fx) * data[4 * (y1 * width + x0) + c] + fx * data[4 * (y1 * width + x1) + c])) /
      255;
    return [channel(0), channel(1), channel(2)];
  };
}

/**
 * The color of a patch, each channel's median over 7x7 samples: a mole or a highlight does not count.
 *
 * @param at   the patch's middle
 * @param half half of its width and height, face coordinates
 */
export function patchColor(
  read: ReadColor,
  at: { readonly u: number; readonly v: number },
  half: { readonly u: number; readonly v: number },
): Color {
  const samples = Array.from({ length: 49 }, (_, i) =>
    read(at.u + half.u * ((i % 7) / 3 - 1), at.v + half.v * (Math.floor(i / 7) / 3 - 1)),
  );
  const median = (c: 0 | 1 | 2): number => samples.map((color) => color[c]).sort((p, q) => p - q)[24];
  return [median(0), median(1), median(2)];
}

/** Rec. 709 luma of sRGB values. */
export function luma([red, green, blue]: Color): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Each channel times `factor`. */
export function shade(color: Color, factor: number): Color {
  return [color[0] * factor, color[1] * factor, color[2] * factor];
}

/** From `first` to `second` by `t`. */
export function mix(first: Color, second: Color, t: number): Color {
  return [
    first[0] + (second[0] - first[0]) * t,
    first[1] + (second[1] - first[1]) * t,
    first[2] + (second[2] - first[2]) * t,
  ];
}
