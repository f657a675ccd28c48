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
 * Correlation of a mouth with a voice at every lag: positive where the mouth is late.
 *
 * @param mouth    [F] opening
 * @param envelope [F] loudness
 * @param reach    largest lag, frames
 */
export function lagCorrelation(
  mouth: ArrayLike<number>,
  envelope: ArrayLike<number>,
  reach: number,
): { best: number; lag: number; atZero: number } {
  const frames = Math.min(mouth.length, envelope.length);
  let best = -Infinity;
  let lag = 0;
  for (let k = -reach; k <= reach; k++) {
    if (frames - Math.abs(k) < 3) continue;
    const value = correlation(mouth, envelope, Math.max(0, -k), Math.min(frames, frames - k), k);
    if (value > best) {
      best = value;
      lag = k;
    }
  }
  return { best, lag, atZero: correlation(mouth, envelope, 0, frames) };
}
