import { AUDIO_CONTEXT } from './widths.ts';

/**
 * f32 [F, 2·AUDIO_CONTEXT + 1, features] of features f32 [F, features]; beyond the ends the first and last frame go on.
 */
export function audioWindows(features: Float32Array, frames: number, width: number): Float32Array {
  const context = 2 * AUDIO_CONTEXT + 1;
  const out = new Float32Array(frames * context * width);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < context; k++) {
      const from = Math.min(frames - 1, Math.max(0, frame + k - AUDIO_CONTEXT));
      out.set(features.subarray(from * width, (from + 1) * width), (frame * context + k) * width);
    }
  }
  return out;
}
