import { APPEARANCE } from '../appearance-numbers.ts';

/** A blink takes no less than this, seconds; those of the corpus take twice as long. */
const SHORTEST = 0.12;

const LIDS = [APPEARANCE.indexOf('leftLid'), APPEARANCE.indexOf('rightLid')];

/**
 * Latents in which no lid shuts or opens for less than a blink takes: closing, then opening of each lid's number over
 * time (mathematical morphology, Serra 1982). What is longer keeps its value. A blink is 4.5 deviations of its number:
 * few steps of noise leave some for a single frame, which the denoiser was never taught to take away.
 *
 * @param latent f32 [F, width], the appearance last
 * @returns      f32 [F, width]
 */
export function steadyLids(latent: Float32Array, width: number, fps: number): Float32Array {
  const frames = latent.length / width;
  const shortest = Math.max(1, Math.round(SHORTEST * fps));
  const steady = latent.slice();
  for (const lid of LIDS) {
    const column = width - APPEARANCE.length + lid;
    // The first and the last value go on beyond the film.
    const shut = Float32Array.from({ length: frames + 2 * shortest }, (_, i) => {
      const f = Math.min(frames - 1, Math.max(0, i - shortest));
      return latent[f * width + column];
    });
    const closed = before(after(shut, shortest, Math.max), shortest, Math.min);
    const opened = before(after(closed, shortest, Math.min), shortest, Math.max);
    for (let f = 0; f < frames; f++) steady[f * width + column] = opened[f + shortest];
  }
  return steady;
}

/** Of each value and those after it, `count` in all, as far as there are any. */
function after(values: Float32Array, count: number, choose: (...of: number[]) => number): Float32Array {
  return values.map((_, i) => choose(...values.subarray(i, i + count)));
}

/** Of each value and those before it. */
function before(values: Float32Array, count: number, choose: (...of: number[]) => number): Float32Array {
  return values.map((_, i) => choose(...values.subarray(Math.max(0, i + 1 - count), i + 1)));
}
