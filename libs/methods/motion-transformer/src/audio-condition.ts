/** Frames before and after whose features go beside each frame's own. */
export const STACK = 3;

/**
 * The audio condition of each frame: its own speech features and those of the frames around it, and what the aligned
 * space makes of its sound.
 *
 * @param features  f32 [F, features]
 * @param embedding f32 [F, 64] unit length
 * @returns         f32 [F, (2 · STACK + 1) · features + 64]
 */
export function audioCondition(features: Float32Array, embedding: Float32Array, frames: number): Float32Array {
  const width = features.length / frames;
  const embedded = embedding.length / frames;
  const total = (2 * STACK + 1) * width + embedded;
  const out = new Float32Array(frames * total);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = -STACK; k <= STACK; k++) {
      const from = Math.min(frames - 1, Math.max(0, frame + k));
      out.set(features.subarray(from * width, (from + 1) * width), frame * total + (k + STACK) * width);
    }
    out.set(embedding.subarray(frame * embedded, (frame + 1) * embedded), frame * total + (2 * STACK + 1) * width);
  }
  return out;
}
