/** Of pixels that lie apart by 255 / gain or more: white. */
const STEPS = 3;

/**
 * Where two pictures differ, as heat: the largest |A − B| of a pixel's channels, times the gain, from black over red
 * and yellow to white.
 *
 * @param a u8 [height, width, 4] rgba, over black where it is not opaque
 * @param b of the same shape
 * @param gain factor on |A − B|
 * @param heat u8 of the same shape: written, opaque
 * @returns the mean of |A − B| over all pixels and their three colours, 0 … 255, without the gain
 */
export function writeHeat(a: Uint8ClampedArray, b: Uint8ClampedArray, gain: number, heat: Uint8ClampedArray): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 4) {
    let most = 0;
    for (let channel = at; channel < at + 3; channel += 1) {
      const apart = Math.abs((a[channel] as number) - (b[channel] as number));
      sum += apart;
      if (apart > most) most = apart;
    }
    const hot = most * gain * STEPS;
    heat[at] = hot;
    heat[at + 1] = hot - 255;
    heat[at + 2] = hot - 510;
    heat[at + 3] = 255;
  }
  return a.length === 0 ? 0 : sum / ((a.length / 4) * 3);
}
