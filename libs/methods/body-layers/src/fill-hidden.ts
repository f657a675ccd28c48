import type { Image } from '@soliloquy/media';
import { boxMean, planeOf, regionsOf, type Plane } from '@soliloquy/planes';
import { boxOf, indicesOf, type Box } from './box.ts';
import { fillCoarsely } from './fill-coarsely.ts';
import { grown } from './grown.ts';
import { nearestKnown } from './nearest-known.ts';

/** Texture is no more than this, 0 … 255: what stands out more is a thing (a pocket's edge), not cloth. */
const TEXTURE = 5;

/** What of a picture is one surface, and where it goes on unseen. */
export interface Hidden {
  readonly image: Image;
  /** u8 [H, W] 1 where the surface is seen */
  readonly known: Uint8Array;
  /** u8 [H, W] 1 where its color is wanted */
  readonly hole: Uint8Array;
  /** pixels: what is finer than this is texture */
  readonly grain: number;
}

/**
 * Continues a surface into what hides it: its smooth part by Laplace's equation, its texture mirrored at the rim of
 * the hole. Writes the color of `hole` into `rgba`.
 *
 * @param rgba u8 [H, W, 4] written where `hole` is
 */
export function fillHidden(hidden: Hidden, rgba: Uint8ClampedArray): void {
  const { image, hole, grain } = hidden;
  // Holes that are far from each other are filled one by one: what is between two arms need not be solved for.
  const near = grown(hole, image, 6 * grain);
  for (const pixels of regionsOf(near, image.width, image.height)) {
    const one = new Uint8Array(hole.length);
    for (const i of pixels) one[i] = hole[i];
    fillOne({ ...hidden, hole: one }, boxOf(one, image, Math.ceil(6 * grain)), rgba);
  }
}

function fillOne({ image, known, hole, grain }: Hidden, box: Box, rgba: Uint8ClampedArray): void {
  const { width, height } = box;
  const at = indicesOf(box, image.width);
  const seen = Uint8Array.from(at, (i) => known[i]);
  if (!seen.includes(1)) return;
  const weight: Plane = { width, height, data: Float32Array.from(seen) };
  const radius = Math.max(1, Math.round(grain));
  const around = boxMean(weight, radius);
  const mirrors = mirroredOf(seen, width, height);
  for (let c = 0; c < 3; c++) {
    const color: Plane = { width, height, data: weight.data.map((w, i) => w * image.data[4 * at[i] + c]) };
    const mean = boxMean(color, radius);
    const base = planeOf(width, height);
    for (let i = 0; i < seen.length; i++) base.data[i] = seen[i] ? mean.data[i] / around.data[i] : 0;
    const filled = fillCoarsely(base, weight, Math.max(1, Math.floor(grain / 2)));
    for (let i = 0; i < seen.length; i++) {
      if (!hole[at[i]]) continue;
      const mirror = mirrors[i];
      const detail = mirror < 0 ? 0 : image.data[4 * at[mirror] + c] - base.data[mirror];
      const texture = Math.min(TEXTURE, Math.max(-TEXTURE, detail));
      rgba[4 * at[i] + c] = filled.data[i] + texture;
    }
  }
}

/** Where the texture of each unknown pixel comes from: its mirror image in the rim, if the surface is seen there. */
function mirroredOf(seen: Uint8Array, width: number, height: number): Int32Array {
  const nearest = nearestKnown(seen, width, height);
  return nearest.map((rim, i) => {
    if (seen[i] || rim < 0) return rim;
    const [dx, dy] = [(rim % width) - (i % width), Math.floor(rim / width) - Math.floor(i / width)];
    // A surface that is narrower than the hole is met again from its other end.
    for (const share of [1, 0.5, 0.25]) {
      const [x, y] = [(rim % width) + Math.round(share * dx), Math.floor(rim / width) + Math.round(share * dy)];
      if (x >= 0 && y >= 0 && x < width && y < height && seen[y * width + x]) return y * width + x;
    }
    return rim;
  });
}
