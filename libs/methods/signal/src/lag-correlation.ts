/** Pearson's correlation; 0 when one of the two does not vary. */
export function correlation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  from = 0,
  to = Math.min(a.length, b.length),
  lag = 0,
): number {
  let n = 0,
    sa = 0,
    sb = 0,
    aa = 0,
    bb = 0,
    ab = 0;
  for (let i = from; i < to; i++) {
    const x = a[i + lag];
    const y = b[i];
    n++;
    sa += x;
    sb += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const va = aa / n - (sa / n) ** 2;
  const vb = bb / n - (sb / n) ** 2;
  return va < 1e-12 || vb < 1e-12 ? 0 : (ab / n - (sa / n) * (sb / n)) / Math.sqrt(va * vb);
}

/**
 * Correlation of two courses at every lag: positive where `a` is late, as a mouth after its voice.
 *
 * @param a     [F]
 * @param b     [F]
 * @param reach largest lag, frames
 */
export function lagCorrelation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  reach: number,
): { best: number; lag: number; atZero: number } {
  const frames = Math.min(a.length, b.length);
  let best = -Infinity;
  let lag = 0;
  for (let k = -reach; k <= reach; k++) {
    if (frames - Math.abs(k) < 3) continue;
    const value = correlation(a, b, Math.max(0, -k), Math.min(frames, frames - k), k);
    if (value > best) {
      best = value;
      lag = k;
    }
  }
  return { best, lag, atZero: correlation(a, b, 0, frames) };
}
