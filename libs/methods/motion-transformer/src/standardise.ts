import type { Scale } from './window-network.ts';

/** Added to every deviation: a column that never changes is not blown up. */
const SMALLEST_DEVIATION = 1e-3;

/**
 * Subtracts the mean of each column over all clips and divides by its deviation, in place.
 *
 * @param clips f32 [F, width] each
 * @returns     what was subtracted and what was divided by
 */
export function standardise(clips: readonly Float32Array[], width: number): Scale {
  const rows = clips.reduce((sum, clip) => sum + clip.length / width, 0);
  const mean = new Float32Array(width);
  const scale = new Float32Array(width);
  for (let column = 0; column < width; column++) {
    let sum = 0;
    let squares = 0;
    for (const clip of clips) {
      for (let i = column; i < clip.length; i += width) {
        sum += clip[i];
        squares += clip[i] * clip[i];
      }
    }
    mean[column] = sum / rows;
    scale[column] = Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2)) + SMALLEST_DEVIATION;
    for (const clip of clips)
      for (let i = column; i < clip.length; i += width) clip[i] = (clip[i] - mean[column]) / scale[column];
  }
  return { mean, scale };
}
