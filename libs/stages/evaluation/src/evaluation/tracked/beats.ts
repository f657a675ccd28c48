import { gaussianMean } from '@soliloquy/signal';
import { isMostlySeen, SIDES, STROKE } from './limbs.ts';
import { distances, type PersonTracks, type PointPath } from './person-tracks.ts';
import { median } from './statistics.ts';

/** Seconds: deviation of the Gaussian that paths are smoothed with, 5 frames at 60 a second (Li et al. 2021). */
const SMOOTHING = 5 / 60;
/** A minimum between two strokes is below this share of the slower one: else both are one. */
const BETWEEN = 0.5;
/** Seconds: deviation of how far a beat may be from an onset (Li et al. 2021: 3 frames; for gestures 0.1 s). */
const SIGMA = 0.1;

/**
 * Beats of both hands: where a wrist is slowest between two strokes, which are peaks of its speed above 0.1 shoulder
 * widths a second. Of a hand that is not seen in most frames: none.
 *
 * @returns seconds, of each hand in turn
 */
export function motionBeats(person: PersonTracks): number[] {
  if (person.namesOf('body').length === 0 || person.frames < 2) return [];
  const joint = (name: string): PointPath => person.path('body', name);
  const unit = median(distances(joint('leftShoulder'), joint('rightShoulder')));
  return SIDES.map((side) => joint(`${side}Wrist`))
    .filter(isMostlySeen)
    .flatMap(({ x, y }) => {
      const [u, v] = [x, y].map((path) => gaussianMean(path, SMOOTHING * person.fps));
      const speed = Float64Array.from(
        { length: u.length - 1 },
        (_, f) => (Math.hypot(u[f + 1] - u[f], v[f + 1] - v[f]) * person.fps) / unit,
      );
      // The speed from one frame to the next is that between the middles of both.
      return slowest(speed).map((f) => (f + 1) / person.fps);
    });
}

/** Places of the least speed between each two neighbouring strokes. */
function slowest(speed: Float64Array): number[] {
  const beats: number[] = [];
  let stroke: number | undefined;
  for (let f = 0; f < speed.length; f++) {
    const isPeak = speed[f] > STROKE && speed[f] >= (speed[f - 1] ?? 0) && speed[f] > (speed[f + 1] ?? 0);
    if (!isPeak) continue;
    if (stroke === undefined) {
      stroke = f;
      continue;
    }
    let least = stroke;
    for (let k = stroke; k <= f; k++) if (speed[k] < speed[least]) least = k;
    if (speed[least] < BETWEEN * Math.min(speed[stroke], speed[f])) {
      beats.push(least);
      stroke = f;
    } else if (speed[f] > speed[stroke]) stroke = f;
  }
  return beats;
}

/**
 * Beat alignment, 1/|B| Σ_{b ∈ B} exp(−min_o (b − o)² / 2σ²) with σ = 0.1 s (Li et al. 2021, AIST++; for gestures Liu
 * et al. 2022, BEAT).
 *
 * @param beats  seconds
 * @param onsets seconds
 * @returns      0 … 1; undefined where there are no beats or no onsets
 */
export function beatAlignment(beats: readonly number[], onsets: readonly number[]): number | undefined {
  if (beats.length === 0 || onsets.length === 0) return undefined;
  const near = beats.map((beat) => Math.min(...onsets.map((onset) => Math.abs(beat - onset))));
  return near.reduce((sum, distance) => sum + Math.exp(-(distance ** 2) / (2 * SIGMA ** 2)), 0) / beats.length;
}
