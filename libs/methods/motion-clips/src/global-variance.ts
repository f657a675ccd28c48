import { PART_OF_REGION, varianceOverTime } from '@soliloquy/gaussian-cloud';
import { PARTS } from '@soliloquy/ports';

/**
 * A part's motion is made at most this much larger or smaller: what a voice leaves out, a pause above all, shall stay
 * smaller.
 */
const LARGEST_FACTOR = 1.4;

/**
 * Variance over time of each part's particles, mean over particles and axes; 0 for a part without particles. World
 * units².
 *
 * @param translations f32 [F, P, 3] world
 * @param regions      [P] index of each particle's region
 * @returns            f32 [parts] in the order of PARTS
 */
export function partVariance(translations: Float32Array, regions: ArrayLike<number>): Float32Array {
  const sums = new Float64Array(PARTS.length);
  const counts = new Float64Array(PARTS.length);
  varianceOverTime(translations, regions.length * 3).forEach((variance, column) => {
    const part = PARTS.indexOf(PART_OF_REGION[regions[Math.floor(column / 3)]]);
    sums[part] += variance;
    counts[part]++;
  });
  return Float32Array.from(sums, (sum, part) => sum / Math.max(1, counts[part]));
}

/**
 * Gives each part of x_t the variance over time that its particles have in the clips, about its own mean, in place. A
 * network that predicts clean motion for a voice it has never heard predicts too little of it, as statistical speech
 * synthesis does: this is its compensation by global variance (Toda and Tokuda 2007), with one factor a part, so that
 * no pose changes its shape.
 *
 * @param latent f32 [F, parts · width of a part]
 * @param made   f32 [parts] variance of what the latent decodes to
 * @param wanted f32 [parts] variance in the clips
 */
export function restoreVariance(latent: Float32Array, frames: number, made: Float32Array, wanted: Float32Array): void {
  const width = latent.length / frames;
  const partWidth = width / wanted.length;
  for (let column = 0; column < width; column++) {
    const part = Math.floor(column / partWidth);
    if (made[part] === 0 || wanted[part] === 0) continue;
    const factor = Math.min(LARGEST_FACTOR, Math.max(1 / LARGEST_FACTOR, Math.sqrt(wanted[part] / made[part])));
    let mean = 0;
    for (let i = column; i < latent.length; i += width) mean += latent[i] / frames;
    for (let i = column; i < latent.length; i += width) latent[i] = mean + factor * (latent[i] - mean);
  }
}
