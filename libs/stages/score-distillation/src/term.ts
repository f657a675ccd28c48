import type { Rows } from './judged-rows.ts';

/** One sequence that was predicted, on its way through a term. */
export interface RowMotion {
  /** f32 [T, D] standardised tokens */
  readonly tokens: Float32Array;
  /** f32 [T, P, 3] world */
  readonly translations: Float32Array;
  /** f32 [T, D] ∂L/∂tokens: terms add to it */
  readonly gradient: Float32Array;
  /** A gradient on tokens, f32 [T, D], as one on x̂_0 f32 [T, latent] standardised. */
  pull(gradient: Float32Array): Promise<Float32Array>;
}

/** Predicts x̂_0 of rows, f32 [B, T, latent] standardised, by the student as it is now. */
export type Predict = (rows: Rows) => Promise<Float32Array>;

/** One term of the objective on predictions: it draws its rows and judges what is predicted for them. */
export interface Term {
  /** The rows of a step, counted from 0: a function of its number, so that a resumed training draws the same. */
  draw(step: number, predict: Predict): Promise<Rows>;
  /** Adds its gradient, weighted, to each row's. @returns figures of the step */
  judge(step: number, rows: readonly RowMotion[]): Promise<Readonly<Record<string, number>>>;
}

/** Adds what one array has, times a factor, to another. */
export function addTo(sum: Float32Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += factor * values[i];
}
