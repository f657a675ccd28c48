/**
 * Layers of networks in f64 over plain rows, slow and by their definitions: what the traced modules are compared with.
 * Parameters are those of the modules: `weight` [inputs, outputs], `bias` [outputs].
 */

interface Tensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}
interface Linear {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** One row for each token. */
export type Rows = number[][];

/** f32 or f64 [rows, width] as rows. */
export function rowsOf(data: ArrayLike<number>, width: number): Rows {
  return Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (_, i) => data[row * width + i]),
  );
}

/** x W + b. */
export function linearReference({ weight, bias }: Linear, x: Rows): Rows {
  const [inputs, outputs] = weight.shape;
  return x.map((row) =>
    Array.from({ length: outputs }, (_, o) => {
      let sum = bias.data[o];
      for (let i = 0; i < inputs; i++) sum += row[i] * weight.data[i * outputs + o];
      return sum;
    }),
  );
}

/** (2/√π) Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)); 1 to the last bit beyond 6. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const ACTIVATIONS = {
  gelu: (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  silu: (x: number): number => x / (1 + Math.exp(-x)),
};

/** Element by element. */
export function activateReference(activation: keyof typeof ACTIVATIONS, x: Rows): Rows {
  return x.map((row) => row.map(ACTIVATIONS[activation]));
}

/** Linear layers with a non-linearity between them. */
export function mlpReference(
  { layers }: { readonly layers: readonly Linear[] },
  x: Rows,
  activation: keyof typeof ACTIVATIONS = 'gelu',
): Rows {
  return layers.reduce((h, layer, i) => linearReference(layer, i === 0 ? h : activateReference(activation, h)), x);
}

/** Zero mean and unit variance of each row, ε = 1e-5; then gain and bias where they are given. */
export function layerNormReference(x: Rows, params?: { readonly gain: Tensor; readonly bias: Tensor }): Rows {
  return x.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    return row.map(
      (value, i) =>
        ((value - mean) / Math.sqrt(variance + 1e-5)) * (params?.gain.data[i] ?? 1) + (params?.bias.data[i] ?? 0),
    );
  });
}

/**
 * softmax(Q Kᵀ / √d) V for each head.
 *
 * @param sees whether query i attends to key j; default: to all
 */
export function attentionReference(
  { query, key, value }: { readonly query: Rows; readonly key: Rows; readonly value: Rows },
  heads: number,
  sees: (i: number, j: number) => boolean = () => true,
): Rows {
  const width = query[0].length / heads;
  return query.map((q, i) =>
    Array.from({ length: heads * width }, (_, o) => {
      const from = Math.floor(o / width) * width;
      const weights = key.map((k, j) => {
        let score = 0;
        for (let d = from; d < from + width; d++) score += q[d] * k[d];
        return sees(i, j) ? Math.exp(score / Math.sqrt(width)) : 0;
      });
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return value.reduce((sum, row, j) => sum + (weights[j] / total) * row[o], 0);
    }),
  );
}

/** Each row divided by its length. */
export function unitReference(x: Rows): Rows {
  return x.map((row) => row.map((value) => value / Math.hypot(...row)));
}
