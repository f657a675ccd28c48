/** One window of T frames, and how much each of its frames counts where windows overlap. */
export interface Window {
  readonly start: number;
  /** f32 [T], above 0 */
  readonly weights: Float32Array;
}

/**
 * Windows of T frames that cover `frames`, overlapping by at least `overlap` (at most half of T); their weights fade
 * linearly at the ends that another window covers.
 *
 * @param frames at least T
 */
export function planWindows(frames: number, T: number, overlap: number): Window[] {
  const shared = Math.min(overlap, Math.floor(T / 2));
  const count = frames <= T ? 1 : Math.ceil((frames - shared) / (T - shared));
  return Array.from({ length: count }, (_, i) => {
    const start = count === 1 ? 0 : Math.round((i * (frames - T)) / (count - 1));
    const weights = Float32Array.from({ length: T }, (_, k) =>
      Math.min(1, i === 0 ? 1 : (k + 1) / (shared + 1), i === count - 1 ? 1 : (T - k) / (shared + 1)),
    );
    return { start, weights };
  });
}
