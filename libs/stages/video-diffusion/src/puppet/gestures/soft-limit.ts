/** x up to 0.7 of what is allowed, beyond that ever slower towards all of it; C1. For x below 0 the same. */
export function softLimit(x: number, most: number): number {
  if (most <= 0) return 0;
  const share = Math.abs(x) / most;
  return share < 0.7 ? x : Math.sign(x) * most * (1 - 0.3 * Math.exp(-(share - 0.7) / 0.3));
}
