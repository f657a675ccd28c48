/** |z| from which the tail is a continued fraction: below, the series of erf loses nothing of it. */
const TAIL = 2;
/** Levels of the fraction: at |z| = 2, where it is slowest, the last digits stand after 120. */
const LEVELS = 160;
/** Halvings after which a quantile is known to the last bits. */
const HALVINGS = 200;

/**
 * Two-sided P(|Z| ≥ |z|) of the standard normal distribution, erfc(|z| / √2): by the series of erf (DLMF 7.6.2), and
 * in the tail by the continued fraction of erfc (DLMF 7.9.1), so that what is small keeps its digits.
 */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const front = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (Math.abs(z) >= TAIL) {
    if (front === 0) return 0;
    let below = x;
    for (let k = LEVELS; k > 0; k--) below = x + k / 2 / below;
    return front / below;
  }
  let term = 2 * x;
  let sum = term;
  for (let k = 1; term > sum * Number.EPSILON; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return 1 - front * sum;
}

/** P(Z ≤ z) of the standard normal distribution. */
export function normalBelow(z: number): number {
  const outside = normalTwoSided(z) / 2;
  return z < 0 ? outside : 1 - outside;
}

/**
 * z with P(Z ≤ z) = share, by halving.
 *
 * @param share 0 … 1; at the ends −∞ and ∞
 */
export function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share === 0) return -Infinity;
  let [low, high] = [0, 1];
  while (normalTwoSided(high) > 2 * share) high *= 2;
  for (let i = 0; i < HALVINGS && high - low > Number.EPSILON * high; i++) {
    const middle = (low + high) / 2;
    if (normalTwoSided(middle) > 2 * share) low = middle;
    else high = middle;
  }
  return -(low + high) / 2;
}
