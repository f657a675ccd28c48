import { Fault } from '@soliloquy/fault';
import { seededRandom } from './seeded-random.ts';

/** What to compare: a scalar function and its claimed gradient at a point. */
export interface GradientCase {
  /** of what by what, e.g. `rasterise.means` */
  readonly name: string;
  /** the function, in f64 where it can be; called twice per checked entry, with a point that it must not keep */
  readonly value: (point: Float64Array) => number;
  /** the point, [n] */
  readonly at: ArrayLike<number>;
  /** the gradient that is claimed there, [n] */
  readonly gradient: ArrayLike<number>;
  /**
   * half the distance of the central difference; each entry's is this times max(1, |x|). Default 1e-5, right for f64
   */
  readonly step?: number;
  /** allowed |claimed − numeric| ≤ absolute + relative · |numeric| */
  readonly absolute?: number;
  readonly relative?: number;
  /** least cosine between claimed and numeric over the checked entries. Default 0.9999 */
  readonly cosine?: number;
  /** Checks this many entries drawn by `seed` instead of all. */
  readonly sample?: { readonly count: number; readonly seed: number };
}

/** How well a gradient agrees. */
export interface GradientReport {
  readonly checked: number;
  readonly cosine: number;
  /** the entry furthest beyond its tolerance */
  readonly worst: {
    readonly index: number;
    readonly claimed: number;
    readonly numeric: number;
    readonly tolerance: number;
  };
}

/**
 * Compares a gradient with central differences (f(x + h) − f(x − h)) / 2h, whose error is O(h²).
 *
 * @throws when an entry is beyond its tolerance, the cosine is too small, or a value is not finite; the message has
 *   index, both values, tolerance and cosine
 */
export function checkGradient(given: GradientCase): GradientReport {
  const { name, value, gradient, step = 1e-5, absolute = 1e-6, relative = 1e-4, cosine: least = 0.9999 } = given;
  const point = Float64Array.from(given.at);
  if (gradient.length !== point.length)
    throw new Fault({
      code: 'testing.argument',
      where: name,
      expected: `a gradient of ${point.length} entries`,
      got: `${gradient.length}`,
      audience: 'author',
    });
  const indices = chooseIndices(point.length, given.sample);
  if (indices.length === 0)
    throw new Fault({
      code: 'testing.argument',
      where: name,
      expected: 'at least one entry to check',
      got: 'none',
      audience: 'author',
    });

  let [dot, claimedSquares, numericSquares] = [0, 0, 0];
  let worst = { index: -1, claimed: 0, numeric: 0, tolerance: 0 };
  let furthest = -Infinity;
  for (const index of indices) {
    const center = point[index] as number;
    const h = step * Math.max(1, Math.abs(center));
    const at = (x: number): number => value(Float64Array.from(point, (each, other) => (other === index ? x : each)));
    const numeric = (at(center + h) - at(center - h)) / (2 * h);
    const claimed = gradient[index] as number;
    if (!Number.isFinite(numeric) || !Number.isFinite(claimed))
      throw new Fault({
        code: 'testing.argument',
        where: `${name}[${index}]`,
        expected: 'finite derivatives',
        got: `${claimed} claimed and ${numeric} numeric`,
        audience: 'author',
      });
    const tolerance = absolute + relative * Math.abs(numeric);
    const beyond = Math.abs(claimed - numeric) / tolerance;
    if (beyond > furthest) [furthest, worst] = [beyond, { index, claimed, numeric, tolerance }];
    dot += claimed * numeric;
    claimedSquares += claimed * claimed;
    numericSquares += numeric * numeric;
  }
  const bothZero = claimedSquares === 0 && numericSquares === 0;
  const cosine = bothZero ? 1 : dot / Math.sqrt(claimedSquares * numericSquares || Number.MIN_VALUE);
  // Below this length the numeric gradient is rounding, which has no direction.
  const hasDirection = Math.sqrt(numericSquares) > absolute * Math.sqrt(indices.length);
  if (furthest > 1 || (hasDirection && cosine < least)) {
    throw new Fault({
      code: 'testing.argument',
      where: `${name}[${worst.index}]`,
      expected: `${worst.numeric} by central difference`,
      got: `${worst.claimed}, off by ${Math.abs(worst.claimed - worst.numeric)} with ${worst.tolerance} allowed`,
      remedy: `cosine ${cosine.toFixed(7)} over ${indices.length} entries (at least ${least})`,
      audience: 'author',
    });
  }
  return { checked: indices.length, cosine, worst };
}

function chooseIndices(length: number, sample: GradientCase['sample']): number[] {
  const all = Array.from({ length }, (_, index) => index);
  if (sample === undefined || sample.count >= length) return all;
  const random = seededRandom(sample.seed);
  for (let last = 0; last < sample.count; last += 1) {
    const other = last + Math.floor(random() * (length - last));
    [all[last], all[other]] = [all[other] as number, all[last] as number];
  }
  return all.slice(0, sample.count);
}
