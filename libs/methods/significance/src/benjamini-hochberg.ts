/**
 * Values q of Benjamini and Hochberg (1995): rejecting where q ≤ α keeps the expected share of false discoveries below
 * α. q_(i) = min over j ≥ i of p_(j) m / j, at most 1.
 *
 * @param p of all tests of one family, in any order
 * @returns q in the same order
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[b] - p[a]);
  const q = new Array<number>(p.length);
  let least = 1;
  order.forEach((i, at) => {
    least = Math.min(least, (p[i] * p.length) / (p.length - at));
    q[i] = least;
  });
  return q;
}
