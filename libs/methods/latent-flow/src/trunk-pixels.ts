import { LayerPixels } from '@soliloquy/body-layers';
import { toPicture, type Placement } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import type { FaceReadouts } from './face-readouts.ts';
import { placeOnFace, type FaceState } from './face-warp.ts';
import type { FlowMaps } from './flow-maps.ts';

/** Film pixels around a square's own sources that its pixels may come from: what cubic weights and bends add. */
const BESIDE = 3;

/** Pixels of a frame that may show the trunk. */
export interface TrunkPixels {
  readonly list: LayerPixels;
  /** f32 [pixels, 4] sRGB and coverage of what is painted over them, 0 … 1 */
  readonly paint: Float32Array;
  place(state: FaceState): void;
}

/**
 * Those squares of the flow's grid whose pixels come from anywhere near the person.
 *
 * @param pictures of the person at the film's size; what any of them covers counts
 * @param scale    pixels of the source for one of the film
 */
export function trunkPixels(
  readouts: FaceReadouts,
  maps: FlowMaps,
  { pictures, scale }: { readonly pictures: readonly Image[]; readonly scale: number },
): TrunkPixels {
  const { width, height } = pictures[0];
  const near = squaresNear(pictures, maps);
  const list = new LayerPixels();
  const paint = new Float32Array(4 * width * height);
  const pixel: Placement = { u: 0, v: 0, red: 0, green: 0, blue: 0, cover: 0 };
  const source: { x: number; y: number } = { x: 0, y: 0 };
  const { grid, face } = maps;

  function placePixel(x: number, y: number, state: FaceState): void {
    const place = { x: x + 0.5, y: y + 0.5 };
    if (x < face.left || x >= face.right || y < face.top || y >= face.bottom) {
      maps.sourceAt(place.x, place.y, source);
      paint[4 * list.add(y * width + x, scale * source.x, scale * source.y) + 3] = 0;
      return;
    }
    placeOnFace(readouts, state, maps.sourcesAt(place), pixel);
    const from = toPicture(readouts.face, pixel.u, pixel.v);
    const at = 4 * list.add(y * width + x, scale * from.x, scale * from.y);
    paint[at] = pixel.red;
    paint[at + 1] = pixel.green;
    paint[at + 2] = pixel.blue;
    paint[at + 3] = pixel.cover;
  }
  return {
    list,
    paint,
    place(state) {
      list.count = 0;
      for (let row = 0; row + 1 < grid.rows; row++)
        for (let column = 0; column + 1 < grid.columns; column++) {
          if (!near(row * grid.columns + column)) continue;
          const [right, bottom] = [Math.min(width, (column + 1) * grid.step), Math.min(height, (row + 1) * grid.step)];
          for (let y = row * grid.step; y < bottom; y++)
            for (let x = column * grid.step; x < right; x++) placePixel(x, y, state);
        }
    },
  };
}

/** Whether any pixel of a square of the grid may come from what a picture covers: by sums over rectangles. */
function squaresNear(pictures: readonly Image[], { grid, sources }: FlowMaps): (node: number) => boolean {
  const { width, height } = pictures[0];
  const sums = new Int32Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const at = (y + 1) * (width + 1) + x + 1;
      const covered = pictures.some(({ data }) => data[4 * i + 3] > 0) ? 1 : 0;
      sums[at] = covered + sums[at - 1] + sums[at - width - 1] - sums[at - width - 2];
    }
  const { xs, ys } = sources;
  const bound = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return (node) => {
    const [a, b, c, d] = [node, node + 1, node + grid.columns, node + grid.columns + 1];
    const left = Math.min(xs[a], xs[b], xs[c], xs[d]);
    const right = Math.max(xs[a], xs[b], xs[c], xs[d]);
    const top = Math.min(ys[a], ys[b], ys[c], ys[d]);
    const bottom = Math.max(ys[a], ys[b], ys[c], ys[d]);
    // The border of the picture goes on beyond it.
    const [x0, x1] = [bound(Math.floor(left) - BESIDE, width - 1), bound(Math.ceil(right) + BESIDE, width)];
    const [y0, y1] = [bound(Math.floor(top) - BESIDE, height - 1), bound(Math.ceil(bottom) + BESIDE, height)];
    const at = (x: number, y: number): number => sums[y * (width + 1) + x];
    const [xEnd, yEnd] = [Math.max(x0 + 1, x1), Math.max(y0 + 1, y1)];
    return at(xEnd, yEnd) - at(x0, yEnd) - at(xEnd, y0) + at(x0, y0) > 0;
  };
}
