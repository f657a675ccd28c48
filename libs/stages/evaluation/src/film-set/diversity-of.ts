import type { TrackPart } from '@soliloquy/ports';
import { distances, type PersonTracks } from '../evaluation/tracked/person-tracks.ts';
import { mean } from '../evaluation/tracked/statistics.ts';

const PARTS = {
  body: { parts: ['body'], names: ['leftElbow', 'rightElbow', 'leftWrist', 'rightWrist', 'nose'] },
  hand: { parts: ['leftHand', 'rightHand'], names: undefined },
} as const satisfies Record<string, { parts: readonly TrackPart[]; names: readonly string[] | undefined }>;

export type DiversePart = keyof typeof PARTS;
export const DIVERSE_PARTS = Object.keys(PARTS) as readonly DiversePart[];

/** A point of one film in shoulder widths from the middle of the shoulders, frame by frame. */
interface Course {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly seen: Uint8Array;
}

/**
 * Mean over pairs of films, points and frames of ‖p − q‖ (Li et al. 2021), of points that both see, in widths of the
 * shoulders from their middle, so that neither place nor size of a person counts.
 *
 * @returns no value where no pair sees a point at the same time
 */
export function diversityOf(people: readonly PersonTracks[], part: DiversePart): { value?: number; pairs: number } {
  const films = people.filter((person) => person.has('body')).map((person) => coursesOf(person, part));
  const apart: number[] = [];
  films.forEach((a, i) => {
    for (const b of films.slice(i + 1)) {
      const each = [...a].flatMap(([name, course]) => distancesOf(course, b.get(name)));
      if (each.length > 0) apart.push(mean(each));
    }
  });
  return { ...(apart.length > 0 && { value: mean(apart) }), pairs: apart.length };
}

function coursesOf(person: PersonTracks, part: DiversePart): ReadonlyMap<string, Course> {
  const [left, right] = ['leftShoulder', 'rightShoulder'].map((name) => person.path('body', name));
  const width = mean([...distances(left, right)]);
  const { parts, names } = PARTS[part];
  return new Map(
    parts.flatMap((of) =>
      (names ?? person.namesOf(of)).map((name) => {
        const path = person.path(of, name);
        const beside = (axis: 'x' | 'y'): Float64Array =>
          path[axis].map((value, f) => (value - (left[axis][f] + right[axis][f]) / 2) / width);
        return [`${of}.${name}`, { x: beside('x'), y: beside('y'), seen: path.seen }] as const;
      }),
    ),
  );
}

function distancesOf(a: Course, b: Course | undefined): number[] {
  if (b === undefined) return [];
  const frames = Math.min(a.x.length, b.x.length);
  return Array.from({ length: frames }, (_, f) => f)
    .filter((f) => a.seen[f] === 1 && b.seen[f] === 1)
    .map((f) => Math.hypot(a.x[f] - b.x[f], a.y[f] - b.y[f]));
}
