import type { Point } from '@soliloquy/face';
import type { Image } from '@soliloquy/media';
import { sample, type Plane } from '@soliloquy/planes';
import { alongBone, type LimbProfile } from './limb-shape.ts';

/** Places along a bone at which its width is measured. */
const STATIONS = 24;
/** How far the width may be from the expected one. */
const NARROWEST = 0.6;
const WIDEST = 1.7;
/** How far beyond the end of the matte a limb is taken to go, of the expected width: all up to there is surely its. */
const BEYOND = 0.12;
/** A step of color, 0 … 255, that counts as the edge of a sleeve. */
const EDGE = 26;

/** A picture of which widths are measured. */
export interface Measured {
  readonly image: Image;
  /** f32 0 … 1 */
  readonly matte: Plane;
}

/**
 * Half widths of a limb, measured: on each side of the bone until the matte ends, or the strongest edge of color, or
 * as on the other side. Medians along the bone keep what a pocket or a fold would say out.
 *
 * @param expected half widths at its ends, pixels
 */
export function limbProfile(
  { image, matte }: Measured,
  [from, to]: readonly [Point, Point],
  expected: readonly [number, number],
): LimbProfile {
  const bone = alongBone(from, to);
  const across = { x: -(to.y - from.y) / bone.length, y: (to.x - from.x) / bone.length };
  const raw = { left: new Float32Array(STATIONS), right: new Float32Array(STATIONS) };
  for (let i = 0; i < STATIONS; i++) {
    const t = i / (STATIONS - 1);
    const usual = expected[0] + t * (expected[1] - expected[0]);
    const at = { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) };
    const [left, right] = [-1, 1].map((side) =>
      widthOf(image, matte, at, { x: side * across.x, y: side * across.y }, usual),
    );
    const other = (width: number | undefined): number => Math.min(1.25 * usual, Math.max(0.8 * usual, width ?? usual));
    raw.left[i] = left ?? other(right);
    raw.right[i] = right ?? other(left);
  }
  return { left: settled(raw.left), right: settled(raw.right) };
}

/** Pixels from a place to the limb's edge in one direction; undefined where none is to be seen. */
function widthOf(image: Image, matte: Plane, at: Point, way: Point, usual: number): number | undefined {
  if (sample(matte, at.x, at.y) < 0.5) return undefined;
  const most = WIDEST * usual;
  const step = Math.max(0.5, usual / 24);
  for (let d = 0; d <= most; d += step)
    if (sample(matte, at.x + d * way.x, at.y + d * way.y) < 0.5) return Math.max(NARROWEST * usual, d) + BEYOND * usual;
  let [strongest, place] = [EDGE, undefined as number | undefined];
  for (let d = NARROWEST * usual; d <= 1.4 * usual; d += step) {
    const change = colorStep(image, at, way, [d - 2 * step, d + 2 * step]);
    if (change > strongest) [strongest, place] = [change, d];
  }
  return place;
}

/** How much the color differs between two places on a ray, the strongest channel, 0 … 255. */
function colorStep(
  { width, height, data }: Image,
  at: Point,
  way: Point,
  [near, far]: readonly [number, number],
): number {
  const pixel = (d: number): number =>
    4 *
    (Math.min(height - 1, Math.max(0, Math.floor(at.y + d * way.y))) * width +
      Math.min(width - 1, Math.max(0, Math.floor(at.x + d * way.x))));
  const [a, b] = [pixel(near), pixel(far)];
  let most = 0;
  for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(data[a + c] - data[b + c]));
  return most;
}

/** Median of seven neighbours, then their mean. */
function settled(values: Float32Array): Float32Array {
  const around = (from: Float32Array, i: number): Float32Array =>
    from.slice(Math.max(0, i - 3), Math.min(from.length, i + 4));
  const medians = values.map((_, i) => {
    const sorted = around(values, i).sort();
    return sorted[sorted.length >> 1];
  });
  return medians.map((_, i) => {
    const near = around(medians, i);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}
