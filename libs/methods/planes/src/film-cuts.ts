import type { Image, Video } from '@soliloquy/media';
import { lumaPlane, shrinkImage } from './plane.ts';

/** Sides of what frames are compared by, pixels. */
export const THUMB = 32;
/** Frames before and after one among which a cut stands alone. */
const AROUND = 3;
/** How much more frames differ at a cut than around it, and at least; of brightness, 0 … 1. */
const [TIMES, LEAST] = [2.5, 0.005];
/** Pixels of a thumbnail that differ most: a person who is cut to the same place differs in few. */
const COUNTED = 100;

/** f32 [32, 32] of a frame: brightness, 0 … 1. */
export function thumbnailOf(frame: Image): Float32Array {
  return lumaPlane(shrinkImage(frame, THUMB, THUMB)).data;
}

/** f32 [32, 32] of each frame: brightness, 0 … 1. */
export async function thumbnailsOf(
  video: Pick<Video, 'width' | 'height' | 'read'>,
  step: (frame: number) => Promise<void>,
): Promise<Float32Array[]> {
  const { width, height } = video;
  const thumbs: Float32Array[] = [];
  for await (const data of video.read()) {
    await step(thumbs.length);
    thumbs.push(thumbnailOf({ width, height, data }));
  }
  return thumbs;
}

/**
 * Where a film was cut: frames that differ from the one before far more than the frames around them do. However fast
 * somebody moves, it takes several frames; a cut, to another scene or within one, takes a single one.
 *
 * @returns numbers of first frames after a cut, ascending
 */
export function findCuts(thumbs: readonly Float32Array[]): number[] {
  const differences = thumbs.map((thumb, f) => (f === 0 ? 0 : differenceOf(thumbs[f - 1], thumb)));
  return differences.flatMap((difference, f) => {
    let usual = 0;
    for (let g = Math.max(1, f - AROUND); g <= Math.min(differences.length - 1, f + AROUND); g++)
      if (g !== f) usual = Math.max(usual, differences[g]);
    return f > 0 && difference > Math.max(LEAST, TIMES * usual) ? [f] : [];
  });
}

/** Mean difference of brightness over the pixels that differ most. */
function differenceOf(a: Float32Array, b: Float32Array): number {
  const differences = a.map((value, i) => Math.abs(value - b[i])).sort();
  return differences.subarray(-COUNTED).reduce((sum, value) => sum + value, 0) / COUNTED;
}
