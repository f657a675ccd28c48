import { boxMean, fillSmoothly, planeOf, scalePlane, type Plane } from '@soliloquy/planes';

/**
 * The smoothest surface through what is known, solved on fewer pixels: for what has no detail anyway.
 *
 * @param values f32 [H, W]; 0 where they are not known
 * @param known  f32 [H, W] 0 or 1
 * @param factor whole; how many pixels become one
 */
export function fillCoarsely(values: Plane, known: Plane, factor: number): Plane {
  if (factor <= 1) return fillSmoothly(values, known);
  const [width, height] = [Math.ceil(values.width / factor), Math.ceil(values.height / factor)];
  const radius = factor >> 1;
  const sums = scalePlane(boxMean(values, radius), width, height);
  const weights = scalePlane(boxMean(known, radius), width, height);
  const coarse = planeOf(width, height);
  for (let i = 0; i < coarse.data.length; i++) {
    const weight = weights.data[i];
    coarse.data[i] = weight > 1e-3 ? sums.data[i] / weight : 0;
    weights.data[i] = weight > 1e-3 ? 1 : 0;
  }
  const filled = scalePlane(fillSmoothly(coarse, weights), values.width, values.height);
  for (let i = 0; i < filled.data.length; i++) if (known.data[i] > 0) filled.data[i] = values.data[i];
  return filled;
}
