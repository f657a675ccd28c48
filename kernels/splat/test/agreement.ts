import { createHash } from 'node:crypto';

/** How two gradients compare: |a - b| / |b| and the cosine between them; 0 and 1 where both vanish. */
export function agreement(a: ArrayLike<number>, b: ArrayLike<number>): { relative: number; cosine: number } {
  let [difference, aa, bb, ab] = [0, 0, 0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    aa += a[i] ** 2;
    bb += b[i] ** 2;
    ab += a[i] * b[i];
  }
  if (aa === 0 && bb === 0) return { relative: 0, cosine: 1 };
  return { relative: Math.sqrt(difference / bb), cosine: ab / Math.sqrt(aa * bb) };
}

/** Largest |a - b|. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < b.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

/**
 * Relative change that f32 may make to an alpha or a transmittance: nearer than this to a jump, either side of it is
 * right.
 */
export const JUMP_MARGIN = 2e-4;

/** The pixels which no jump is near, and how many were left out. */
export function comparablePixels(margin: Float64Array): { keep: Uint8Array; left: number } {
  const keep = Uint8Array.from(margin, (value) => (value > JUMP_MARGIN ? 1 : 0));
  return { keep, left: keep.reduce((sum, kept) => sum + 1 - kept, 0) };
}

/** The image with the left-out pixels set to 0. */
export function onlyKept(image: Float32Array, keep: Uint8Array): Float32Array {
  const channels = image.length / keep.length;
  return image.map((value, i) => (keep[Math.floor(i / channels)] === 1 ? value : 0));
}

/**
 * sha256 of the bits of arrays (values of an object, in their order); much faster than comparing element by element
 * with a matcher.
 */
export function digest(arrays: object): string {
  const hash = createHash('sha256');
  for (const [name, value] of Object.entries(arrays)) {
    hash.update(name);
    if (value instanceof Float32Array) hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    else hash.update(String(value));
  }
  return hash.digest('hex');
}
