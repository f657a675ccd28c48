/** What is told at film frames, and the phone that is said at each. */
export interface Rows {
  /** D */
  readonly width: number;
  /** f32 [rows, D] */
  readonly told: Float32Array;
  /** [rows] */
  readonly phones: readonly string[];
}

/** Ridge, of the number of rows: columns have unit deviation. */
const RIDGE = 0.01;

export function joined(sets: readonly Rows[]): Rows {
  const told = new Float32Array(sets.reduce((sum, { told }) => sum + told.length, 0));
  let at = 0;
  for (const set of sets) {
    told.set(set.told, at);
    at += set.told.length;
  }
  return { width: sets[0].width, told, phones: sets.flatMap(({ phones }) => phones) };
}

/**
 * A linear classifier by ridge regression on one-hot phones: columns standardised by what is learned from, a constant
 * column beside them.
 *
 * @returns the phone that it names for each row
 */
export function ridgeProbe(learned: Rows): (rows: Rows) => string[] {
  const { width: D, told, phones } = learned;
  const N = phones.length;
  const classes = [...new Set(phones)];
  const [mean, deviation] = columnMoments(learned);
  const row = (rows: Rows, r: number): Float64Array =>
    Float64Array.from({ length: D + 1 }, (_, i) => (i === D ? 1 : (rows.told[r * D + i] - mean[i]) / deviation[i]));
  const n = D + 1;
  const gram = new Float64Array(n * n);
  const sums = new Float64Array(n * classes.length);
  for (let r = 0; r < N; r++) {
    const x = row({ width: D, told, phones }, r);
    const own = classes.indexOf(phones[r]);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) gram[i * n + j] += x[i] * x[j];
      sums[i * classes.length + own] += x[i];
    }
  }
  for (let i = 0; i < n; i++) gram[i * n + i] += RIDGE * N;
  const weights = solve(gram, sums, n, classes.length);
  return (rows) =>
    rows.phones.map((_, r) => {
      const x = row(rows, r);
      const scores = classes.map((_, c) => x.reduce((sum, v, i) => sum + v * weights[i * classes.length + c], 0));
      return classes[scores.indexOf(Math.max(...scores))];
    });
}

function columnMoments({ width: D, told, phones }: Rows): [Float64Array, Float64Array] {
  const mean = new Float64Array(D);
  const deviation = new Float64Array(D);
  told.forEach((v, i) => (mean[i % D] += v / phones.length));
  told.forEach((v, i) => (deviation[i % D] += (v - mean[i % D]) ** 2 / phones.length));
  return [mean, deviation.map((variance) => Math.sqrt(variance + 1e-6))];
}

/** X of A X = B by Cholesky; A f64 [n, n] of which the lower half is read and overwritten, B f64 [n, m]. */
function solve(A: Float64Array, B: Float64Array, n: number, m: number): Float64Array {
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) for (let i = j; i < n; i++) A[i * n + j] -= A[i * n + k] * A[j * n + k];
    const root = Math.sqrt(A[j * n + j]);
    for (let i = j; i < n; i++) A[i * n + j] /= root;
  }
  for (let i = 0; i < n; i++)
    for (let c = 0; c < m; c++) {
      for (let k = 0; k < i; k++) B[i * m + c] -= A[i * n + k] * B[k * m + c];
      B[i * m + c] /= A[i * n + i];
    }
  for (let i = n - 1; i >= 0; i--)
    for (let c = 0; c < m; c++) {
      for (let k = i + 1; k < n; k++) B[i * m + c] -= A[k * n + i] * B[k * m + c];
      B[i * m + c] /= A[i * n + i];
    }
  return B;
}
