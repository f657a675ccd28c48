/** What one step gives, f32, as long as the sample. */
export interface Stepped {
  /** x at the next, lower noise level. */
  readonly sample: Float32Array;
  /** What the model now takes the clean sample to be: for previews. */
  readonly denoised: Float32Array;
}

/**
 * A sampler of a diffusion model, settled for a number of steps. Steps are taken in order, each once: those of several
 * steps remember what the model said before.
 */
export interface Scheduler {
  /** What the model is told of the noise level, one per step, falling. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the noise to start from. */
  readonly initialDeviation: number;
  /** Whether a step draws noise: then `step` wants standard normal values. */
  readonly drawsNoise: boolean;
  /** The sample as the model takes it at a step. */
  modelInput(index: number, sample: Float32Array): Float32Array;
  /**
   * @param index  of the step, from 0
   * @param output what the model said of `modelInput(index, sample)`, guidance included
   * @param sample x at this step
   * @param noise  standard normal, as long as the sample, where `drawsNoise`
   * @throws Fault `schedulers.order` when steps are not taken in order, `schedulers.length` for unequal lengths
   */
  step(index: number, output: Float32Array, sample: Float32Array, noise?: Float32Array): Stepped;
}
