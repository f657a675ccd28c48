import { regionsOf, type Plane } from '@soliloquy/planes';
import { boxAround, indicesOf } from './box.ts';
import { fillCoarsely } from './fill-coarsely.ts';
import { nearestKnown } from './nearest-known.ts';

/** Where an outline is looked for behind what hides it. */
export interface HiddenOutline {
  readonly width: number;
  readonly height: number;
  /** u8 [H, W] 1 where it is hidden */
  readonly hidden: Uint8Array;
  /** f32 [H, W] coverage where it is not */
  readonly matte: Float32Array;
  /** how far around it is looked at, and what is finer does not count; pixels */
  readonly around: number;
  readonly grain: number;
}

/**
 * Pixels to the outline of what is partly hidden, positive inside: known where it is seen, continued by Laplace's
 * equation where it is not.
 *
 * @returns f32 [H, W]; 0 where nothing is hidden
 */
export function outlineDistance({ width, height, hidden, matte, around, grain }: HiddenOutline): Float32Array {
  const out = new Float32Array(width * height);
  for (const pixels of regionsOf(hidden, width, height)) {
    const places = pixels.map((i) => ({ x: i % width, y: Math.floor(i / width) }));
    const box = boxAround(places, around, { width, height });
    const indices = indicesOf(box, width);
    const size = { width: box.width, height: box.height };
    const open: Plane = { ...size, data: Float32Array.from(indices, (i) => 1 - hidden[i]) };
    const inside = Uint8Array.from(indices, (i) => (!hidden[i] && matte[i] > 0.5 ? 1 : 0));
    const outside = Uint8Array.from(indices, (i) => (!hidden[i] && matte[i] <= 0.5 ? 1 : 0));
    const [toInside, toOutside] = [inside, outside].map((set) => distances(set, size, around));
    const distance: Plane = { ...size, data: open.data.map((is, k) => (is ? toOutside[k] - toInside[k] : 0)) };
    const filled = fillCoarsely(distance, open, Math.max(1, Math.floor(grain / 3))).data;
    for (const [k, i] of indices.entries()) if (hidden[i]) out[i] = filled[k];
  }
  return out;
}

/** f32 [height, width] to the nearest pixel of a set, at most `most`; 0 in it. */
function distances(
  set: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  most: number,
): Float32Array {
  const out = new Float32Array(set.length);
  nearestKnown(set, width, height).forEach((near, i) => {
    const far = Math.hypot((near % width) - (i % width), Math.floor(near / width) - Math.floor(i / width));
    out[i] = near < 0 ? most : Math.min(most, far);
  });
  return out;
}
