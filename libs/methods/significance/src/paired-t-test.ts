import { Fault } from '@soliloquy/fault';
import { studentTwoSided } from './student-t.ts';

/** What a paired t-test came to. */
export interface PairedTTest {
  /** pairs */
  readonly count: number;
  /** mean of a − b */
  readonly difference: number;
  /** absent where there is no test: one pair, or all differences alike */
  readonly test?: { readonly t: number; readonly degrees: number; readonly p: number };
}

/**
 * Student's paired t-test, two-sided: t = d̄ / (s_d / √n) with n − 1 degrees of freedom, d = a − b.
 *
 * @param a values of one treatment, by unit
 * @param b of the other, of the same units in the same order
 * @throws Fault `significance.argument` where they are none, or not as many
 */
export function pairedTTest(a: readonly number[], b: readonly number[]): PairedTTest {
  if (a.length === 0 || a.length !== b.length)
    throw new Fault({
      code: 'significance.argument',
      where: 'pairedTTest.b',
      expected: `as many values as a, at least one`,
      got: `${b.length} beside ${a.length}`,
      remedy: 'pair them by unit',
      audience: 'author',
    });
  const count = a.length;
  const differences = a.map((value, i) => value - b[i]);
  const difference = differences.reduce((sum, value) => sum + value, 0) / count;
  const squares = differences.reduce((sum, value) => sum + (value - difference) ** 2, 0);
  const degrees = count - 1;
  // Rounding makes differences that are alike unlike in the last bits: that is no deviation.
  const scale = Math.max(...a.map(Math.abs), ...b.map(Math.abs));
  const deviation = Math.sqrt(squares / degrees);
  if (degrees < 1 || deviation <= scale * 1e-14) return { count, difference };
  const t = difference / (deviation / Math.sqrt(count));
  return { count, difference, test: { t, degrees, p: studentTwoSided(t, degrees) } };
}
