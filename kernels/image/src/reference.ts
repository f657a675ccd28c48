import type { Planes } from './planes.ts';

/** Cubic convolution of Keys (1981) with a = −1/2. */
function cubic(distance: number): number {
  const t = Math.abs(distance);
  if (t < 1) return 1.5 * t ** 3 - 2.5 * t ** 2 + 1;
  if (t < 2) return -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2;
  return 0;
}

/**
 * The judge of the gather kernel: the same sum in f64, written as it is in the paper.
 *
 * @param xs pixels of the source, pixel centres at .5
 * @returns  f64 [planes, points]
 */
export function gatherReference(source: Planes, xs: ArrayLike<number>, ys: ArrayLike<number>): Float64Array {
  const points = xs.length;
  const out = new Float64Array(source.count * points);
  for (let p = 0; p < source.count; p++) {
    for (let i = 0; i < points; i++) {
      const x = xs[i] - 0.5;
      const y = ys[i] - 0.5;
      let sum = 0;
      for (let row = Math.floor(y) - 1; row <= Math.floor(y) + 2; row++) {
        for (let column = Math.floor(x) - 1; column <= Math.floor(x) + 2; column++) {
          const inside =
            Math.min(source.height - 1, Math.max(0, row)) * source.width +
            Math.min(source.width - 1, Math.max(0, column));
          sum += cubic(x - column) * cubic(y - row) * source.data[p * source.width * source.height + inside];
        }
      }
      out[p * points + i] = sum;
    }
  }
  return out;
}
