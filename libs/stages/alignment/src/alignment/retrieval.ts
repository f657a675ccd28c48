/** Frames of a patch (AudioAvatar: patchify, window 25). */
export const PATCH = 25;

/**
 * How often the mean-pooled motion of a 25-frame patch is nearer to its own voice than to the voice of another time of
 * the same clip, over all pairs of patches at least a patch apart. 0.5 is chance, 1 is perfect.
 *
 * @param voice  f32 [F, width] unit length
 * @param motion f32 [F, width] unit length
 */
export function retrieval(voice: Float32Array, motion: Float32Array, width: number): number {
  const frames = voice.length / width;
  const pool = (values: Float32Array, from: number): Float64Array => {
    const sum = new Float64Array(width);
    for (let f = from; f < from + PATCH; f++) for (let i = 0; i < width; i++) sum[i] += values[f * width + i];
    const length = Math.hypot(...sum) || 1;
    return sum.map((value) => value / length);
  };
  const starts = Array.from({ length: Math.max(1, Math.floor((frames - PATCH) / 5) + 1) }, (_, k) => k * 5);
  const voices = starts.map((from) => pool(voice, from));
  const motions = starts.map((from) => pool(motion, from));
  const cosine = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  let won = 0;
  let count = 0;
  for (let i = 0; i < starts.length; i++) {
    for (let j = 0; j < starts.length; j++) {
      if (Math.abs(starts[i] - starts[j]) < PATCH) continue;
      const own = cosine(motions[i], voices[i]);
      const other = cosine(motions[i], voices[j]);
      won += own > other ? 1 : own === other ? 0.5 : 0;
      count++;
    }
  }
  return count === 0 ? 0.5 : won / count;
}
