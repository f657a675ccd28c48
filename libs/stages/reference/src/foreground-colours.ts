import type { Image } from '@soliloquy/media';
import type { Plane } from '@soliloquy/planes';
import { meanOfCovered } from './mean-of-covered.ts';

/** Radii of the two passes over the longer side of the picture: across a soft edge, then along its detail. */
const REACH = [0.09, 0.006];
/** A mean of less coverage than this says nothing. */
const FAINT = 1e-3;

/**
 * Frees the person's colours of the background at the soft rim, in place: a pixel of a photograph shows C = α F +
 * (1 − α) B, and only F moves with the person. F is the mean F̂ of the person's colours around the pixel, corrected by
 * what it leaves of C, F = F̂ + α (C − α F̂ − (1 − α) B) (blurred fusion, Forte 2021, equations 5 and 7), with the
 * painted background as B. Where the matte is 0 or 1, colours stay.
 *
 * @param image      rgba, straight colours of the photograph; alpha is not read
 * @param matte      f32 0 … 1, of the picture's size
 * @param background rgba, of the picture's size
 */
export function freeForeground(image: Image, matte: Plane, background: Image): void {
  const { width, height } = image;
  const photographed = image.data.slice();
  const side = Math.max(width, height);
  for (const reach of REACH) {
    const radius = Math.max(1, Math.round(reach * side));
    const { coverage, colours } = meanOfCovered(image, matte, radius);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < matte.data.length; i++) {
        const alpha = matte.data[i];
        if (alpha <= 0 || alpha >= 1 || coverage.data[i] < FAINT) continue;
        const around = colours[c].data[i] / coverage.data[i];
        const left = photographed[4 * i + c] - alpha * around - (1 - alpha) * background.data[4 * i + c];
        image.data[4 * i + c] = around + alpha * left;
      }
    }
  }
}
