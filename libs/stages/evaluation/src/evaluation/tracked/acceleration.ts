import type { TrackPart } from '@soliloquy/ports';
import type { PersonTracks, PointPath } from './person-tracks.ts';

/**
 * Acc. Err of tracked points: mean over points and frames of ‖Δ²p̂ − Δ²p‖, Δ² the second difference of neighbouring
 * frames, where both films see the point in all three (Kanazawa et al. 2019, METRICS).
 *
 * @param given undefined stands for a person who does not move
 * @returns     pixels per frame²; undefined where no point is seen three times in a row
 */
export function trackedAccelerationError(
  given: PersonTracks | undefined,
  truth: PersonTracks,
  parts: readonly TrackPart[],
): number | undefined {
  const pairs = parts.flatMap((part) => {
    const known = given && new Set(given.namesOf(part));
    return truth
      .namesOf(part)
      .filter((name) => known === undefined || known.has(name))
      .map((name) => ({ made: given?.path(part, name), truth: truth.path(part, name) }));
  });
  return pathAccelerationError(pairs);
}

/** The same of paired points; `made` undefined stands for a point that does not move. */
export function pathAccelerationError(
  pairs: readonly { readonly made: PointPath | undefined; readonly truth: PointPath }[],
): number | undefined {
  let sum = 0;
  let count = 0;
  for (const { made, truth } of pairs) {
    const frames = Math.min(made?.x.length ?? Infinity, truth.x.length);
    for (let frame = 1; frame < frames - 1; frame++) {
      if (!isSeenAround(truth, frame) || (made && !isSeenAround(made, frame))) continue;
      const [x, y] = (['x', 'y'] as const).map(
        (axis) => (made ? second(made[axis], frame) : 0) - second(truth[axis], frame),
      );
      sum += Math.hypot(x, y);
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

function second(values: Float64Array, frame: number): number {
  return values[frame - 1] - 2 * values[frame] + values[frame + 1];
}

function isSeenAround({ seen }: PointPath, frame: number): boolean {
  return seen[frame - 1] === 1 && seen[frame] === 1 && seen[frame + 1] === 1;
}
