import type { Place, Way } from './minimum-jerk.ts';
import { within, type Reach } from './reach.ts';

/** A path is compared at so many moments of its own time. */
const MOMENTS = 24;
/** Slower than this nobody sees a stroke, sw/s; or only its middle. */
const SEEN = [0.08, 0.16];
/** A shorter dip is within a stroke, seconds. */
const DIP = 0.12;
/** A way is looked at so often a second. */
const RATE = 40;

/** A path without its place, its size and its duration: f64 [2 · MOMENTS], mean 0 on each axis, length 1. */
export type PathShape = Float64Array;

/**
 * The shapes of what is seen as strokes of a way between two times: where it is faster than 0.08 sw/s, and than 0.16.
 *
 * @param reach of the hand: what is seen is kept within it
 */
export function strokeShapes(
  way: Way,
  { from, until }: { readonly from: number; readonly until: number },
  reach: Reach,
): PathShape[] {
  const count = Math.max(4, Math.round((until - from) * RATE));
  const path = way.along(Float64Array.from({ length: count }, (_, i) => from + ((until - from) * i) / (count - 1)));
  path.out.forEach((out, i) => ({ out: path.out[i], up: path.up[i] } = within({ out, up: path.up[i] }, reach)));
  const speeds = Float64Array.from({ length: count }, (_, i) =>
    i === 0 ? 0 : Math.hypot(path.out[i] - path.out[i - 1], path.up[i] - path.up[i - 1]) * RATE,
  );
  return SEEN.flatMap((seen) => runsAbove(speeds, seen).map((run) => pathShape(path, run)));
}

/** [first, last] of every run of at least five moments that is as fast as this; short dips are within one. */
function runsAbove(speeds: Float64Array, seen: number): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 1; i < speeds.length; i++) {
    if (speeds[i] < seen) continue;
    const last = runs.at(-1);
    if (last && i - last[1] <= DIP * RATE) last[1] = i;
    else runs.push([i - 1, i]);
  }
  return runs.filter(([first, last]) => last - first >= 4);
}

/** The shape of a part of a path, given at equal steps of time. */
export function pathShape(
  { out, up }: { readonly out: Float64Array; readonly up: Float64Array },
  [first, last]: readonly [number, number],
): PathShape {
  const places = Array.from({ length: MOMENTS }, (_, i): Place => {
    const at = first + ((last - first) * i) / (MOMENTS - 1);
    const before = Math.min(out.length - 2, Math.floor(at));
    const part = at - before;
    return {
      out: out[before] + part * (out[before + 1] - out[before]),
      up: up[before] + part * (up[before + 1] - up[before]),
    };
  });
  const middle = (axis: keyof Place): number => places.reduce((sum, place) => sum + place[axis], 0) / MOMENTS;
  const [x, y] = [middle('out'), middle('up')];
  const shape = Float64Array.from([
    ...places.map(({ out: value }) => value - x),
    ...places.map(({ up: value }) => value - y),
  ]);
  const length = Math.hypot(...shape);
  return length > 0 ? shape.map((value) => value / length) : shape;
}

/** Pearson's correlation of two paths over both axes and all moments, each axis about its mean; −1 … 1. */
export function likeness(a: PathShape, b: PathShape): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** What one hand did lately. */
export class PathMemory {
  readonly #done: { readonly time: number; readonly shape: PathShape }[] = [];

  /** How like one of some paths and one of the last minute are at most; −1 where there is none. */
  likest(time: number, shapes: readonly PathShape[]): number {
    let most = -1;
    for (let i = this.#done.length - 1; i >= 0 && this.#done[i].time > time - 60; i--)
      for (const shape of shapes) most = Math.max(most, likeness(this.#done[i].shape, shape));
    return most;
  }

  add(time: number, shapes: readonly PathShape[]): void {
    for (const shape of shapes) this.#done.push({ time, shape });
  }
}
