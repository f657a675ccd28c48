/** Terms after which the fraction has long converged; relative change at which it has. */
const TERMS = 500;
const CONVERGED = 1e-15;
const TINY = 1e-300;

/**
 * Two-sided P(|T| ≥ |t|) of Student's t: I_x(ν/2, ½), x = ν / (ν + t²) (Abramowitz and Stegun 26.7.1).
 *
 * @param t       any number
 * @param degrees ν, a whole number from 1
 */
export function studentTwoSided(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  // Both of x and 1 − x are computed: a difference of them would lose what is small.
  const square = t * t;
  return halfBeta(degrees / (degrees + square), square / (degrees + square), degrees);
}

/** I_x(ν/2, ½), the regularised incomplete beta function, y = 1 − x, with the tail that is small computed itself. */
function halfBeta(x: number, y: number, degrees: number): number {
  const a = degrees / 2;
  if (x === 0) return 0;
  if (y === 0) return 1;
  const power = a * (y < 0.5 ? Math.log1p(-y) : Math.log(x));
  const front = (Math.exp(power) * Math.sqrt(y)) / betaWithHalf(degrees);
  return x < (a + 1) / (a + 2.5) ? (front * betaFraction(x, a, 0.5)) / a : 1 - (front * betaFraction(y, 0.5, a)) / 0.5;
}

/** B(ν/2, ½), from B(½, ½) = π and B(1, ½) = 2 by B(a + 1, b) = B(a, b) a / (a + b). */
function betaWithHalf(degrees: number): number {
  let value = degrees % 2 === 1 ? Math.PI : 2;
  for (let k = degrees % 2 === 1 ? 1 : 2; k < degrees; k += 2) value *= k / (k + 1);
  return value;
}

/** The continued fraction of I_x(a, b) (DLMF 8.17.22), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < CONVERGED) break;
  }
  return value;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
