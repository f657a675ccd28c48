import { likeness, pathShape } from '../../src/puppet/gestures/likeness.ts';

/** Faster than this a wrist makes a stroke, sw/s. */
const MOVING = 0.1;

/** Where something is at each frame, sw. */
export interface Track {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** f64 [F] speed after a mean of three frames, sw/s; one difference a frame, about the frame's middle. */
export function speedOf({ x, y }: Track, fps: number): Float64Array {
  const [sx, sy] = [x, y].map(meanOfThree);
  return Float64Array.from(sx, (_, f) => {
    const [from, to] = [Math.max(0, f - 1), Math.min(sx.length - 1, f + 1)];
    return (Math.hypot(sx[to] - sx[from], sy[to] - sy[from]) * fps) / (to - from);
  });
}

function meanOfThree(values: ArrayLike<number>): Float64Array {
  const at = (f: number): number => values[Math.min(values.length - 1, Math.max(0, f))];
  return Float64Array.from(values, (_, f) => (at(f - 1) + at(f) + at(f + 1)) / 3);
}

/** Root mean square about the mean, sw. */
export function spread({ x, y }: Track): number {
  return Math.hypot(deviation(x), deviation(y));
}

/** Root mean square of how far two are apart, sw. */
export function distance(a: Track, b: Track): number {
  return Math.sqrt(mean(Array.from(a.x, (x, f) => (x - b.x[f]) ** 2 + (a.y[f] - b.y[f]) ** 2)));
}

export function deviation(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const middle = mean(all);
  return Math.sqrt(mean(all.map((value) => (value - middle) ** 2)));
}

export function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Share of the frames in which it moves faster than 0.1 sw/s. */
export function movingShare(speed: Float64Array): number {
  return mean(speed.map((value) => (value > MOVING ? 1 : 0)));
}

/** A run of frames in which a wrist moves; dips of at most three frames are within it. [from, until) */
export function strokesOf(speed: Float64Array): (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (let f = 0; f < speed.length; f++) {
    if (speed[f] <= MOVING) continue;
    const last = runs.at(-1);
    if (last && f - last[1] <= 3) last[1] = f + 1;
    else runs.push([f, f + 1]);
  }
  return runs.filter(([from, until]) => until - from >= 5);
}

/** How like the two likest strokes of one minute are: correlation of their time-normalised paths. */
export function likestStrokes({ x, y }: Track, speed: Float64Array, fps: number): { most: number; strokes: number } {
  const strokes = strokesOf(speed);
  const path = { out: Float64Array.from(x), up: Float64Array.from(y) };
  const shapes = strokes.map(([from, until]) => pathShape(path, [from, until - 1]));
  let most = -1;
  for (let a = 0; a < shapes.length; a++)
    for (let b = 0; b < a; b++)
      if ((strokes[a][0] - strokes[b][0]) / fps < 60) most = Math.max(most, likeness(shapes[a], shapes[b]));
  return { most, strokes: strokes.length };
}

/**
 * Motion beats, seconds: minima of speed between two strokes; the speed of each has a peak above 0.1 sw/s and falls
 * to less than half of it.
 */
export function motionBeats(speed: Float64Array, fps: number): number[] {
  const beats: number[] = [];
  let [peak, least] = [0, -1];
  for (let f = 1; f < speed.length; f++) {
    const low = least >= 0 ? speed[least] : Infinity;
    if (speed[f] > Math.max(MOVING, 2 * low)) {
      if (peak > MOVING && least >= 0) beats.push((least + 0.5) / fps);
      [peak, least] = [speed[f], -1];
    } else if (speed[f] > peak) [peak, least] = [speed[f], -1];
    else if (peak > MOVING && speed[f] < 0.5 * peak && speed[f] < low) least = f;
  }
  return beats;
}

/** Mean over motion beats of exp(−d² / 2σ²), d the way to the nearest onset, σ = 0.1 s (Li et al. 2021, AIST++). */
export function beatAlignment(beats: readonly number[], onsets: readonly number[]): number {
  return mean(
    beats.map((beat) => {
      const nearest = onsets.reduce((least, onset) => Math.min(least, Math.abs(onset - beat)), Infinity);
      return Math.exp(-(nearest ** 2) / (2 * 0.1 ** 2));
    }),
  );
}
