import { Fault } from '@soliloquy/fault';
import { normalQuantile, normalTwoSided } from './normal.ts';

/** How often something came about. */
export interface Proportion {
  /** times that it came about, 0 … `of` */
  readonly count: number;
  /** times that it could, from 1 */
  readonly of: number;
}

/** What a two-proportion z-test came to. */
export interface TwoProportionTest {
  /** p_a − p_b */
  readonly difference: number;
  /** of the difference, Newcombe's */
  readonly interval: readonly [low: number, high: number];
  /** Cohen's h, 2 asin √p_a − 2 asin √p_b: 0.2 is called small, 0.5 medium, 0.8 large */
  readonly h: number;
  /** absent where there is no test: it never came about, or always */
  readonly test?: { readonly z: number; readonly p: number };
}

/**
 * The interval of a proportion (Wilson 1927): (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z of the level.
 *
 * @param level of confidence, 0 … 1
 * @throws Fault `significance.argument` where the counts are none of a proportion
 */
export function proportionInterval(proportion: Proportion, level = 0.95): readonly [low: number, high: number] {
  requireProportion(proportion, 'proportionInterval.proportion');
  const { count, of: n } = proportion;
  const z = -normalQuantile((1 - level) / 2);
  const p = count / n;
  const middle = p + (z * z) / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  const whole = 1 + (z * z) / n;
  // At the ends the two terms cancel but for rounding.
  return [count === 0 ? 0 : (middle - half) / whole, count === n ? 1 : (middle + half) / whole];
}

/**
 * The two-proportion z-test, two-sided: z = (p_a − p_b) / √(p(1 − p)(1/n_a + 1/n_b)) with p of both together. The
 * interval of the difference joins Wilson's of each (Newcombe 1998, method 10):
 * p_a − p_b − √((p_a − l_a)² + (u_b − p_b)²) … p_a − p_b + √((u_a − p_a)² + (p_b − l_b)²).
 * Both take it that the answers do not depend on one another: those of one person to many questions do.
 *
 * @param level of confidence, 0 … 1
 * @throws Fault `significance.argument` where the counts are none of a proportion
 */
export function twoProportionTest(a: Proportion, b: Proportion, level = 0.95): TwoProportionTest {
  requireProportion(a, 'twoProportionTest.a');
  requireProportion(b, 'twoProportionTest.b');
  const [pA, pB] = [a.count / a.of, b.count / b.of];
  const [lowA, highA] = proportionInterval(a, level);
  const [lowB, highB] = proportionInterval(b, level);
  const difference = pA - pB;
  const found = {
    difference,
    interval: [difference - Math.hypot(pA - lowA, highB - pB), difference + Math.hypot(highA - pA, pB - lowB)] as const,
    h: 2 * Math.asin(Math.sqrt(pA)) - 2 * Math.asin(Math.sqrt(pB)),
  };
  const pooled = (a.count + b.count) / (a.of + b.of);
  if (pooled === 0 || pooled === 1) return found;
  const z = difference / Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of));
  return { ...found, test: { z, p: normalTwoSided(z) } };
}

function requireProportion({ count, of }: Proportion, where: string): void {
  if (Number.isInteger(count) && Number.isInteger(of) && of > 0 && count >= 0 && count <= of) return;
  throw new Fault({
    code: 'significance.argument',
    where,
    expected: 'whole numbers, a count of 0 to all of at least one',
    got: `${count} of ${of}`,
    remedy: 'count what came about, and what could',
    audience: 'author',
  });
}
