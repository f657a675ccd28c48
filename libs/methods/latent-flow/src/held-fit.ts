import { encodePixels, fitLinearEncoder, type LinearEncoder, type Rows } from './linear-encoder.ts';

/** Every so manieth row is not fitted on. */
export const HELD = 5;

/** A linear map, and how well it does where it was not fitted. */
export interface HeldFit {
  readonly encoder: LinearEncoder;
  /** f32 [K] on every fifth row: 1 − residual over variance; 0 for a number that does not vary there */
  readonly r2: Float32Array;
}

/**
 * Ridge regression (`fitLinearEncoder`) on four rows of five, judged on the fifth.
 *
 * @param pictures f32 [M, px], less what they are at rest
 * @param latents  f32 [M, K], less what they are at rest
 * @throws Fault `latent-flow.argument` as `fitLinearEncoder`
 */
export function fitHeld(pictures: Rows, latents: Rows, ridge: number): HeldFit {
  const kept = [...Array(pictures.count).keys()].filter((i) => i % HELD !== 0);
  const rowsOf = ({ data, width }: Rows): Rows => {
    const rows = new Float32Array(kept.length * width);
    kept.forEach((i, row) => rows.set(data.subarray(i * width, (i + 1) * width), row * width));
    return { count: kept.length, width, data: rows };
  };
  const encoder = fitLinearEncoder(rowsOf(pictures), rowsOf(latents), ridge);
  return { encoder, r2: judged(encoder, pictures, latents) };
}

function judged(encoder: LinearEncoder, pictures: Rows, latents: Rows): Float32Array {
  const { width: pixels } = pictures;
  const { width: latent } = latents;
  const [sum, squares, residual] = [0, 1, 2].map(() => new Float64Array(latent));
  const row = new Float32Array(latent);
  let count = 0;
  for (let i = 0; i < latents.count; i += HELD, count++) {
    encodePixels(encoder, pictures.data.subarray(i * pixels, (i + 1) * pixels), row);
    for (let k = 0; k < latent; k++) {
      const wanted = latents.data[i * latent + k];
      [sum[k], squares[k], residual[k]] = [
        sum[k] + wanted,
        squares[k] + wanted ** 2,
        residual[k] + (wanted - row[k]) ** 2,
      ];
    }
  }
  return Float32Array.from(residual, (value, k) => {
    const variance = squares[k] - sum[k] ** 2 / count;
    return variance > 1e-12 ? 1 - value / variance : 0;
  });
}
