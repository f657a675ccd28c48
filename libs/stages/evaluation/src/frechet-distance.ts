import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix';

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
 * Wide rows of which there are few (FID's 2048 numbers of 100 pictures) are turned into the space that they span first.
 *
 * @param a     f64 rows of one length, two at least; covariances have n − 1
 * @param b     the same
 * @param ridge what FVMD adds to both diagonals inside the root: (Σ1 + r·I)(Σ2 + r·I)
 */
export function frechetDistance(a: readonly Float64Array[], b: readonly Float64Array[], ridge = 0): number {
  const width = a[0].length;
  const isFew = width > WIDE && a.length + b.length < width;
  const [p, q] = isFew ? spanned(a, b).map(normalOf) : [normalOf(a), normalOf(b)];
  const spent = p.mean.length;
  const [first, second] = [p, q].map(({ covariance }) =>
    ridge === 0 ? covariance : Matrix.add(covariance, Matrix.eye(spent).mul(ridge)),
  );
  const root = squareRoot(first);
  const product = root.mmul(second).mmul(root);
  const cross = eigen(product).realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const means = p.mean.reduce((sum, value, i) => sum + (value - q.mean[i]) ** 2, 0);
  // Outside the space that rows span both covariances are the ridge alone.
  const outside = (width - spent) * ridge;
  const distance = means + p.covariance.trace() + q.covariance.trace() - 2 * (cross + outside);
  // Of one distribution a ridge leaves a little less than nothing, as it does in the published program.
  return ridge === 0 ? Math.max(0, distance) : distance;
}

/** Numbers of a row from which on a smaller space is worth looking for. */
const WIDE = 256;

/** Both sets in an orthonormal basis of all rows. */
function spanned(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
): [readonly Float64Array[], readonly Float64Array[]] {
  const rows = new Matrix([...a, ...b].map((row) => Array.from(row)));
  const basis = new QrDecomposition(rows.transpose()).orthogonalMatrix;
  const turned = rows
    .mmul(basis)
    .to2DArray()
    .map((row) => Float64Array.from(row));
  return [turned.slice(0, a.length), turned.slice(a.length)];
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
