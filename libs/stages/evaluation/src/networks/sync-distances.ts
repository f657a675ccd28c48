/** How far sound and lips may be apart, frames. */
export const MOST_OFFSET = 15;
/** numbers of an embedding */
export const EMBEDDING = 1024;
/** PyTorch's `pairwise_distance` adds it to every difference. */
const EPSILON = 1e-6;

/** What SyncNet says of a film. */
export interface SyncFigures {
  /** SyncC: median of the mean distances over offsets less the least */
  readonly confidence: number;
  /** SyncD: the least mean distance */
  readonly distance: number;
  /** frames, 15 less the place of the least: by how much the sound comes too early, as the reference counts */
  readonly offset: number;
}

/**
 * SyncC, SyncD and offset of embeddings (Chung and Zisserman 2016, as syncnet_python): ‖lips_i − audio_j‖ of
 * every window i and j = i − 15 … i + 15, zeros before and after; the mean over windows for each of the 31 offsets.
 *
 * @param lips  f32 [windows, 1024], not normalised
 * @param audio f32 [windows, 1024]
 */
export function syncFigures(lips: Float32Array, audio: Float32Array): SyncFigures {
  const windows = lips.length / EMBEDDING;
  const means = new Float64Array(2 * MOST_OFFSET + 1);
  for (let i = 0; i < windows; i++)
    for (let k = 0; k < means.length; k++) {
      const j = i + k - MOST_OFFSET;
      const from = j >= 0 && j < windows ? j * EMBEDDING : -1;
      let sum = 0;
      for (let d = 0; d < EMBEDDING; d++)
        sum += (lips[i * EMBEDDING + d] - (from < 0 ? 0 : audio[from + d]) + EPSILON) ** 2;
      means[k] += Math.sqrt(sum) / windows;
    }
  const least = means.indexOf(Math.min(...means));
  const median = Float64Array.from(means).sort()[MOST_OFFSET];
  return { confidence: median - means[least], distance: means[least], offset: MOST_OFFSET - least };
}
