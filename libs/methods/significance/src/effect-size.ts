import { Fault } from '@soliloquy/fault';

/**
 * Cohen's d of two independent samples: (x̄_a − x̄_b) / s, s² of both together by n_a + n_b − 2. 0.2 is called small,
 * 0.5 medium, 0.8 large (Cohen 1988).
 *
 * @returns `undefined` where nothing deviates: the difference has no measure
 * @throws  Fault `significance.argument` where a sample has fewer than two values
 */
export function cohensD(a: readonly number[], b: readonly number[]): number | undefined {
  const [ofA, ofB] = [moments(a, 'cohensD.a'), moments(b, 'cohensD.b')];
  const deviation = Math.sqrt((ofA.squares + ofB.squares) / (a.length + b.length - 2));
  return alike(deviation, [...a, ...b]) ? undefined : (ofA.mean - ofB.mean) / deviation;
}

/**
 * Hedges' g: `cohensD` less its bias in small samples, d (1 − 3 / (4 (n_a + n_b) − 9)) (Hedges 1981).
 *
 * @returns `undefined` where nothing deviates
 * @throws  Fault `significance.argument` where a sample has fewer than two values
 */
export function hedgesG(a: readonly number[], b: readonly number[]): number | undefined {
  const d = cohensD(a, b);
  return d === undefined ? undefined : d * (1 - 3 / (4 * (a.length + b.length) - 9));
}

/**
 * Cohen's d_z of pairs: d̄ / s_d, d = a − b, which is t / √n of `pairedTTest`. Not to be read on the scale of
 * `cohensD`: pairs that go together make it larger.
 *
 * @returns `undefined` where the differences are alike
 * @throws  Fault `significance.argument` where there are fewer than two pairs, or not as many values in each
 */
export function cohensDz(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length !== b.length) refuse('cohensDz.b', `as many values as a`, `${b.length} beside ${a.length}`);
  const { mean, squares } = moments(
    a.map((value, i) => value - b[i]),
    'cohensDz.a',
  );
  const deviation = Math.sqrt(squares / (a.length - 1));
  return alike(deviation, [...a, ...b]) ? undefined : mean / deviation;
}

/** Mean, and the sum of squares about it. */
function moments(values: readonly number[], where: string): { readonly mean: number; readonly squares: number } {
  if (values.length < 2) refuse(where, 'at least two values', `${values.length}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}

/** Whether a deviation is rounding. */
function alike(deviation: number, values: readonly number[]): boolean {
  return deviation <= Math.max(...values.map(Math.abs)) * 1e-14;
}

function refuse(where: string, expected: string, got: string): never {
  throw new Fault({
    code: 'significance.argument',
    where,
    expected,
    got,
    remedy: 'give each sample whole',
    audience: 'author',
  });
}
