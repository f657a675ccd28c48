import { fromPupils, type PupilFrame } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { planeOf, type Plane } from '@soliloquy/planes';

/** A window of the picture in the face's frame. */
export interface FacePatch {
  /** Rec. 601 luma, 0 … 1 */
  readonly luma: Plane;
  /** ln((R + 12) / (G + 12)), R and G 0 … 255: lips against skin, whatever the light */
  readonly redness: Plane;
  /** face coordinates of the window's left and top edges */
  readonly left: number;
  readonly top: number;
  /** pixels of the patch for one unit */
  readonly scale: number;
}

/**
 * Resamples the window `left … right`, `top … bottom` (face coordinates) at `scale` pixels a unit, by mean over each
 * new pixel's area.
 */
export function facePatch(
  image: Image,
  frame: PupilFrame,
  window: { left: number; right: number; top: number; bottom: number },
  scale: number,
): FacePatch {
  const width = Math.round((window.right - window.left) * scale);
  const height = Math.round((window.bottom - window.top) * scale);
  const luma = planeOf(width, height);
  const redness = planeOf(width, height);
  const taps = Math.max(1, Math.min(12, Math.ceil(frame.unit / scale)));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let j = 0; j < taps; j++) {
        for (let i = 0; i < taps; i++) {
          const at = fromPupils(
            frame,
            window.left + (column + (i + 0.5) / taps) / scale,
            window.top + (row + (j + 0.5) / taps) / scale,
          );
          const x = Math.min(Math.max(at.x - 0.5, 0), image.width - 1);
          const y = Math.min(Math.max(at.y - 0.5, 0), image.height - 1);
          const x0 = Math.floor(x);
          const y0 = Math.floor(y);
          const x1 = Math.min(x0 + 1, image.width - 1);
          const y1 = Math.min(y0 + 1, image.height - 1);
          const p = (y0 * image.width + x0) * 4;
          const q = (y0 * image.width + x1) * 4;
          const s = (y1 * image.width + x0) * 4;
          const t = (y1 * image.width + x1) * 4;
          const wp = (1 - (x - x0)) * (1 - (y - y0));
          const wq = (x - x0) * (1 - (y - y0));
          const ws = (1 - (x - x0)) * (y - y0);
          const wt = (x - x0) * (y - y0);
          r += image.data[p] * wp + image.data[q] * wq + image.data[s] * ws + image.data[t] * wt;
          g += image.data[p + 1] * wp + image.data[q + 1] * wq + image.data[s + 1] * ws + image.data[t + 1] * wt;
          b += image.data[p + 2] * wp + image.data[q + 2] * wq + image.data[s + 2] * ws + image.data[t + 2] * wt;
        }
      }
      const n = taps * taps;
      luma.data[row * width + column] = (0.299 * r + 0.587 * g + 0.114 * b) / n / 255;
      redness.data[row * width + column] = Math.log((r / n + 12) / (g / n + 12));
    }
  }
  return { luma, redness, left: window.left, top: window.top, scale };
}

/** The value of a patch's plane at face coordinates. */
export function patchAt(
  patch: FacePatch,
  plane: Plane,
  u: number,
  v: number,
): { x: number; y: number; inside: boolean } {
  const x = (u - patch.left) * patch.scale;
  const y = (v - patch.top) * patch.scale;
  return { x, y, inside: x >= 0 && y >= 0 && x < plane.width && y < plane.height };
}
