/** Mono sound in memory. */
export interface Audio {
  /** Hz */
  readonly sampleRate: number;
  /** f32 [samples], -1 … 1 */
  readonly samples: Float32Array;
}
