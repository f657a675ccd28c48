/**
 * Gaussian mean over time of one channel, without delay: Σ w_d x(f + d) / Σ w_d with w_d = exp(−d² / 2σ²) for
 * |d| ≤ ⌈3σ⌉; beyond an end the end is repeated. For channels of the puppet's motion.
 *
 * `gaussianMeanOfRows` is the same mean; it divides each weight before it is used and this one divides the sum, so
 * their last bits differ. Both feed artifacts, so both stay until one of them may change.
 *
 * @param values [F]
 * @param sigma  frames; 0 copies the values
 * @returns      f64 [F]
 */
export function gaussianMean(values: ArrayLike<number>, sigma: number): Float64Array {
  const { reach, weights, total } = gaussianWeights(sigma);
  if (reach === 0) return Float64Array.from(values);
  return Float64Array.from({ length: values.length }, (_, f) => {
    let sum = 0;
    for (let d = -reach; d <= reach; d++)
      sum += weights[d + reach] * values[Math.min(values.length - 1, Math.max(0, f + d))];
    return sum / total;
  });
}

/**
 * The mean of `gaussianMean` for many channels at once: over the rows of a matrix. For the motion of particles.
 *
 * @param values f64 [frames, width]
 * @param sigma  frames, above 0
 * @returns      f64 [frames, width]
 */
export function gaussianMeanOfRows(values: Float64Array, frames: number, sigma: number): Float64Array {
  const width = values.length / frames;
  const { reach, weights, total } = gaussianWeights(sigma);
  const out = new Float64Array(values.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let d = -reach; d <= reach; d++) {
      const from = Math.min(frames - 1, Math.max(0, frame + d)) * width;
      const weight = weights[d + reach] / total;
      for (let i = 0; i < width; i++) out[frame * width + i] += weight * values[from + i];
    }
  }
  return out;
}

/** exp(−d² / 2σ²) for d = −reach … reach, and their sum. */
function gaussianWeights(sigma: number): { reach: number; weights: Float64Array; total: number } {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  return { reach, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
}
