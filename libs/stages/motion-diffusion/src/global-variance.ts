/** A part's motion is made at most this much larger or smaller: what a voice leaves out, a pause above all, shall stay smaller. */
const LARGEST_FACTOR = 1.4;

/** Variance over time of each column of f32 [frames, width]. f64 [width] */
export function varianceOverTime(values: Float32Array, frames: number): Float64Array {
  const width = values.length / frames;
  return Float64Array.from({ length: width }, (_, column) => {
    let sum = 0;
    let squares = 0;
    for (let i = column; i < values.length; i += width) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    return Math.max(0, squares / frames - (sum / frames) ** 2);
  });
}

/**
 * Gives each part of x_t the variance over time that it has in the clips, about its own mean, in place. A network that predicts clean motion for a voice it has never heard predicts too little of it, as
 * statistical speech synthesis does: this is its compensation by global variance (Toda and Tokuda 2007), with one factor a part so that no pose changes its shape.
 *
 * @param latent   f32 [F, parts · partWidth]
 * @param variance f32 [parts · partWidth] variance over time in the clips, their mean
 */
export function restoreVariance(latent: Float32Array, frames: number, variance: Float32Array, partWidth: number): void {
  const width = variance.length;
  const made = varianceOverTime(latent, frames);
  for (let first = 0; first < width; first += partWidth) {
    let [wanted, got] = [0, 0];
    for (let column = first; column < first + partWidth; column++) {
      wanted += variance[column];
      got += made[column];
    }
    if (got === 0) continue;
    const factor = Math.min(LARGEST_FACTOR, Math.max(1 / LARGEST_FACTOR, Math.sqrt(wanted / got)));
    for (let column = first; column < first + partWidth; column++) {
      let mean = 0;
      for (let i = column; i < latent.length; i += width) mean += latent[i] / frames;
      for (let i = column; i < latent.length; i += width) latent[i] = mean + factor * (latent[i] - mean);
    }
  }
}
