import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { Fault } from '@soliloquy/fault';
import { FLOW_PARTS, type FlowPart, type TokenLayout } from './flow-tokens.ts';

/** Components of each part. */
export type BasisWidths = Readonly<Record<FlowPart, number>>;

/** A latent that is linear in motion: z = A (token − mean), token = mean + R z, with A R = 1. */
export interface LinearBasis {
  /** D */
  readonly tokens: number;
  /** K */
  readonly width: number;
  readonly widths: BasisWidths;
  /** f32 [D] units of the face */
  readonly mean: Float32Array;
  /** f32 [K, D] */
  readonly encoder: Float32Array;
  /** f32 [D, K] */
  readonly decoder: Float32Array;
}

/** A basis that was fitted. */
export interface FlowBasis extends LinearBasis {
  /** share of the standardised variance of each part that its components have */
  readonly explained: BasisWidths;
}

/** A number of a part is not blown up beyond this share of its usual deviation. */
const LEAST_DEVIATION = 0.5;

/**
 * Principal components of each part's standardised tokens w ∘ (token − mean), w = 1 / max(deviation, half the part's
 * median deviation). z_k = ⟨v_k, w ∘ (token − mean)⟩ / (λ_k λ_1)^¼: half whitened, so that fine components are neither
 * drowned nor blown up.
 *
 * @param rows f32 [N, D]
 * @throws Fault `latent-flow.argument` where the rows cannot fill the components
 */
export function fitBasis(layout: TokenLayout, rows: Float32Array, widths: BasisWidths): FlowBasis {
  const dims = layout.width;
  const count = rows.length / dims;
  if (!Number.isInteger(count) || count < 2)
    throw argument('rows', `f32 [N, ${dims}] of at least two rows`, `${rows.length} numbers`);
  const width = FLOW_PARTS.reduce((sum, part) => sum + widths[part], 0);
  const { mean, deviation } = momentsOf(rows, dims);
  const [encoder, decoder] = [new Float32Array(width * dims), new Float32Array(dims * width)];
  const explained = {} as Record<FlowPart, number>;
  let k = 0;
  for (const { part, from, to } of layout.ranges) {
    if (widths[part] > to - from)
      throw argument(`widths.${part}`, `at most ${to - from} components`, String(widths[part]));
    const usual = deviation.slice(from, to).sort()[(to - from) >> 1];
    const weights = deviation
      .subarray(from, to)
      .map((value) => 1 / Math.max(value, LEAST_DEVIATION * usual, Number.MIN_VALUE));
    const { vectors, values } = components(rows, { mean, weights, from, dims });
    explained[part] = values.slice(0, widths[part]).reduce((a, b) => a + b, 0) / values.reduce((a, b) => a + b, 0);
    for (let i = 0; i < widths[part]; i++, k++) {
      if (!(values[i] > 1e-9 * values[0]))
        throw argument(`widths.${part}`, 'components that the rows have', `${i} of ${widths[part]}`);
      const scale = (values[i] * values[0]) ** 0.25;
      weights.forEach((weight, j) => {
        encoder[k * dims + from + j] = (vectors.get(j, i) * weight) / scale;
        decoder[(from + j) * width + k] = (vectors.get(j, i) / weight) * scale;
      });
    }
  }
  return { tokens: dims, width, widths, mean: Float32Array.from(mean), encoder, decoder, explained };
}

/**
 * @param tokens f32 [F, D]
 * @returns      f32 [F, K]
 */
export function encodeTokens({ encoder, mean, tokens: dims, width }: LinearBasis, tokens: Float32Array): Float32Array {
  const frames = tokens.length / dims;
  const latent = new Float32Array(frames * width);
  for (let f = 0; f < frames; f++)
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let i = 0; i < dims; i++) sum += encoder[k * dims + i] * (tokens[f * dims + i] - mean[i]);
      latent[f * width + k] = sum;
    }
  return latent;
}

/**
 * @param latent f32 [F, K]
 * @returns      f32 [F, D]
 */
export function decodeTokens({ decoder, mean, tokens: dims, width }: LinearBasis, latent: Float32Array): Float32Array {
  const frames = latent.length / width;
  const tokens = new Float32Array(frames * dims);
  for (let f = 0; f < frames; f++)
    for (let i = 0; i < dims; i++) {
      let sum = mean[i];
      for (let k = 0; k < width; k++) sum += decoder[i * width + k] * latent[f * width + k];
      tokens[f * dims + i] = sum;
    }
  return tokens;
}

function momentsOf(rows: Float32Array, dims: number): { mean: Float64Array; deviation: Float64Array } {
  const count = rows.length / dims;
  const [mean, deviation] = [new Float64Array(dims), new Float64Array(dims)];
  rows.forEach((value, i) => (mean[i % dims] += value / count));
  rows.forEach((value, i) => (deviation[i % dims] += (value - mean[i % dims]) ** 2 / count));
  return { mean, deviation: deviation.map(Math.sqrt) };
}

interface Standard {
  readonly mean: Float64Array;
  readonly weights: Float64Array;
  readonly from: number;
  readonly dims: number;
}

/** Of one part, largest first; each with its largest number positive, so that no solver's choice of sign matters. */
function components(
  rows: Float32Array,
  { mean, weights, from, dims }: Standard,
): { vectors: Matrix; values: number[] } {
  const own = weights.length;
  const count = rows.length / dims;
  const covariance = Matrix.zeros(own, own);
  const row = new Float64Array(own);
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < own; i++) row[i] = (rows[r * dims + from + i] - mean[from + i]) * weights[i];
    for (let i = 0; i < own; i++)
      for (let j = 0; j <= i; j++) covariance.set(i, j, covariance.get(i, j) + (row[i] * row[j]) / count);
  }
  for (let i = 0; i < own; i++) for (let j = 0; j < i; j++) covariance.set(j, i, covariance.get(i, j));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const vectors = Matrix.zeros(own, own);
  order.forEach((column, i) => {
    const vector = eigenvectorMatrix.getColumn(column);
    const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
    vectors.setColumn(i, largest < 0 ? vector.map((value) => -value) : vector);
  });
  return { vectors, values: order.map((column) => Math.max(0, realEigenvalues[column])) };
}

function argument(what: string, expected: string, got: string): Fault {
  return new Fault({
    code: 'latent-flow.argument',
    where: `latent-flow.fit-basis.${what}`,
    expected,
    got,
    audience: 'author',
  });
}
