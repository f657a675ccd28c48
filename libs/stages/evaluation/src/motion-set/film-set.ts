import type { Tracks } from '@soliloquy/ports';
import type { Share } from '@soliloquy/stage';
import { SeenPerson } from '../evaluation/tracked/seen-person.ts';
import { FilmPoints } from './film-points.ts';

/** Which stage the inputs are of. */
export const SET_STAGE = 'motion-set-evaluation';

/** One film beside its truth, in tracks by the networks. */
export interface SeenPair {
  readonly made: SeenPerson;
  readonly truth: SeenPerson;
}

/** One film beside its truth, in points. */
export interface PointPair {
  readonly made: FilmPoints;
  readonly truth: FilmPoints;
}

/** The people of all films as the networks see them, each computed once for all measures. */
export function seenPairs(
  { tracks, truthTracks }: { readonly tracks: readonly Tracks[]; readonly truthTracks: readonly Tracks[] },
  share: Share,
): readonly SeenPair[] {
  return tracks.map((made, i) => {
    const given = { tracks: made, truthTracks: truthTracks[i] };
    const own: Share = (key, compute) => share(`${key} of film ${i}`, compute);
    const [film, truth] = (['tracks', 'truthTracks'] as const).map(
      (where) => new SeenPerson(given, where, own, SET_STAGE),
    );
    return { made: film, truth };
  });
}

/** The points of all films, each read once for all measures. */
export function pointPairs(
  { points, truthPoints }: { readonly points: readonly Tracks[]; readonly truthPoints: readonly Tracks[] },
  share: Share,
): readonly PointPair[] {
  const read = (where: string, of: readonly Tracks[]): readonly FilmPoints[] =>
    share(where, () => of.map((tracks, i) => new FilmPoints(`${SET_STAGE}.${where}[${i}]`, tracks)));
  const [made, truth] = [read('points', points), read('truthPoints', truthPoints)];
  return made.map((film, i) => ({ made: film, truth: truth[i] }));
}

/** What pixels and frames the figures are in. */
export function shotAt([{ width, height, fps }]: readonly Tracks[]): string {
  return `film ${width}x${height}, ${fps} fps`;
}
