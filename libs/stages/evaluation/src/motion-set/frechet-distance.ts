import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Mean and covariance of rows. */
interface Normal {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/**
 * Fréchet distance of the normal distributions of two sets of rows: ‖μ1 − μ2‖² + tr(Σ1 + Σ2 − 2(Σ1Σ2)^½) (Dowson and
 * Landau 1982; Heusel et al. 2017). tr (Σ1Σ2)^½ = Σ √λ of the symmetric Σ1^½ Σ2 Σ1^½, so no ridge is needed where a
 * covariance is singular.
 *
 * @param a f64 rows of one length, two at least; covariances have n − 1
 * @param b the same
 */
export function frechetDistance(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const [p, q] = [normalOf(a), normalOf(b)];
  const root = squareRoot(p.covariance);
  const product = root.mmul(q.covariance).mmul(root);
  const cross = eigen(product).realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const means = p.mean.reduce((sum, value, i) => sum + (value - q.mean[i]) ** 2, 0);
  return Math.max(0, means + p.covariance.trace() + q.covariance.trace() - 2 * cross);
}

function normalOf(rows: readonly Float64Array[]): Normal {
  const width = rows[0].length;
  const mean = new Float64Array(width);
  for (const row of rows) row.forEach((value, i) => (mean[i] += value / rows.length));
  const centred = new Matrix(rows.map((row) => Array.from(row, (value, i) => value - mean[i])));
  return {
    mean,
    covariance: centred
      .transpose()
      .mmul(centred)
      .div(rows.length - 1),
  };
}

/** Of a symmetric matrix without negative eigenvalues. */
function squareRoot(matrix: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = eigen(matrix);
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  return eigenvectorMatrix.mmul(roots).mmul(eigenvectorMatrix.transpose());
}

/** Rounding makes a product of symmetric matrices no longer quite symmetric. */
function eigen(matrix: Matrix): EigenvalueDecomposition {
  const symmetric = Matrix.add(matrix, matrix.transpose()).div(2);
  return new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
}
