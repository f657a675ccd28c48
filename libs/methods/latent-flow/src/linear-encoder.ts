import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { Fault } from '@soliloquy/fault';

/** Numbers in rows. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  /** f32 [count, width] */
  readonly data: Float32Array;
}

/** Reads latents of pictures by one constant matrix: ẑ = E (I − I_rest). */
export interface LinearEncoder {
  /** px */
  readonly pixels: number;
  /** K */
  readonly latent: number;
  /** f32 [K, px] */
  readonly matrix: Float32Array;
}

/**
 * Ridge regression in its dual form: E = Zᵀ (R Rᵀ + λ tr(R Rᵀ)/M · 1)⁻¹ R. Its Jacobian is E: a gradient on ẑ is pulled
 * back to pixels by Eᵀ.
 *
 * @param pictures f32 [M, px], each less the picture at rest of its own domain
 * @param latents  f32 [M, K]
 * @param ridge    λ
 * @throws Fault `latent-flow.argument` where rows do not match, or hold no information at all
 */
export function fitLinearEncoder(pictures: Rows, latents: Rows, ridge: number): LinearEncoder {
  const { count, width, data } = pictures;
  if (latents.count !== count) throw argument('latents', `${count} rows`, `${latents.count}`);
  const gram = gramOf(pictures);
  let trace = 0;
  for (let i = 0; i < count; i++) trace += gram.get(i, i);
  if (!(trace > 0)) throw argument('pictures', 'pictures that differ from rest', 'none does');
  for (let i = 0; i < count; i++) gram.set(i, i, gram.get(i, i) + (ridge * trace) / count);
  const wanted = Matrix.zeros(count, latents.width);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < latents.width; k++) wanted.set(i, k, latents.data[i * latents.width + k]);
  const shares = new CholeskyDecomposition(gram).solve(wanted);
  const matrix = new Float32Array(latents.width * width);
  const row = new Float64Array(width);
  for (let k = 0; k < latents.width; k++) {
    row.fill(0);
    for (let i = 0; i < count; i++) {
      const share = shares.get(i, k);
      for (let p = 0; p < width; p++) row[p] += share * data[i * width + p];
    }
    matrix.set(row, k * width);
  }
  return { pixels: width, latent: latents.width, matrix };
}

/**
 * @param picture f32 [px], less the picture at rest
 * @param latent  f32 [K] written
 */
export function encodePixels({ matrix, pixels }: LinearEncoder, picture: Float32Array, latent: Float32Array): void {
  for (let k = 0; k < latent.length; k++) {
    let sum = 0;
    for (let p = 0; p < pixels; p++) sum += matrix[k * pixels + p] * picture[p];
    latent[k] = sum;
  }
}

/**
 * The vector-Jacobian product of `encodePixels`: Eᵀ g.
 *
 * @param gradient f32 [K]
 * @param picture  f32 [px] written
 */
export function pullBack({ matrix, pixels }: LinearEncoder, gradient: Float32Array, picture: Float32Array): void {
  picture.fill(0);
  for (let k = 0; k < gradient.length; k++)
    for (let p = 0; p < pixels; p++) picture[p] += gradient[k] * matrix[k * pixels + p];
}

/** R Rᵀ, f64. Four columns at once: the time of a fit is spent here. */
export function gramOf({ count, width, data }: Rows): Matrix {
  const gram = Matrix.zeros(count, count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      const sum = dot(data, i * width, { at: j * width, length: width });
      gram.set(i, j, sum);
      gram.set(j, i, sum);
    }
  return gram;
}

function dot(data: Float32Array, a: number, { at, length }: { readonly at: number; readonly length: number }): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let p = 0;
  for (; p + 3 < length; p += 4) {
    s0 += data[a + p] * data[at + p];
    s1 += data[a + p + 1] * data[at + p + 1];
    s2 += data[a + p + 2] * data[at + p + 2];
    s3 += data[a + p + 3] * data[at + p + 3];
  }
  for (; p < length; p++) s0 += data[a + p] * data[at + p];
  return s0 + s1 + s2 + s3;
}

function argument(what: string, expected: string, got: string): Fault {
  return new Fault({
    code: 'latent-flow.argument',
    where: `latent-flow.fit-linear-encoder.${what}`,
    expected,
    got,
    audience: 'author',
  });
}
