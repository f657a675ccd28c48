import type { PointPart } from '@soliloquy/latent-flow';
import type { PointPath } from '../evaluation/tracked/person-tracks.ts';
import type { FilmPoints } from './film-points.ts';

interface Group {
  readonly of: readonly PointPart[];
  /** what carries it: its motion is that beyond theirs */
  readonly by?: readonly PointPart[];
}

/** What is told apart of a person; the mouth is what moves beyond the head. */
const GROUPS = {
  body: { of: ['torso', 'leftArm', 'rightArm'] },
  hand: { of: ['leftHand', 'rightHand'] },
  head: { of: ['head'] },
  mouth: { of: ['upperLip', 'lowerLip', 'jaw'], by: ['head'] },
} as const satisfies Record<string, Group>;

export type PointGroup = keyof typeof GROUPS;
export const POINT_GROUPS = Object.keys(GROUPS) as readonly PointGroup[];

export function pathsOfGroup(film: FilmPoints, group: PointGroup): ReadonlyMap<string, PointPath> {
  const { of, by }: Group = GROUPS[group];
  return by ? film.carried(of, by) : film.of(of);
}
