import type { Tracks } from '@soliloquy/ports';
import { defineMeasure } from '@soliloquy/stage';
import { PersonTracks } from '../../evaluation/tracked/person-tracks.ts';
import { restsOn } from '../../rests-on.ts';
import { DIVERSE_PARTS, diversityOf, type DiversePart } from '../diversity-of.ts';
import { FILM_SET, filmSetInputs } from '../inputs.ts';

const ENOUGH = { of: 'pairs of films', enough: 10, why: 'five films' };
type Name = `diversity:mediapipe:${DiversePart}`;
/** What is said of a figure. */
interface Note {
  readonly unit?: string;
  readonly text: string;
}
const UNIT = 'shoulder widths';

const figures = Object.fromEntries(
  DIVERSE_PARTS.flatMap((part) => [
    [`diversity:mediapipe:${part}`, { unit: UNIT, text: `how far the ${part}'s points of two films are apart, mean` }],
    [`diversity:mediapipe:${part}/count`, { text: 'pairs of films that it rests on' }],
  ]),
) as Record<Name | `${Name}/count`, Note>;

/** Mean over pairs of films of the distance of their points, frame by frame: standing still alike has none. */
export const diversity = defineMeasure({
  of: filmSetInputs,
  name: 'diversity:mediapipe',
  version: 1,
  source: 'Li et al. 2021, Audio2Gestures, on points of MediaPipe less the middle of the shoulders',
  needs: ['tracks'],
  figures,
  measure({ tracks }, _params, ctx) {
    return Object.fromEntries(
      DIVERSE_PARTS.flatMap((part) => {
        const { value, pairs } = diversityOf(peopleOf('tracks', tracks), part);
        const name: Name = `diversity:mediapipe:${part}`;
        if (value === undefined) return [[`${name}/count`, 0] as const];
        const reading = restsOn(name, value, { ...ENOUGH, count: pairs }, { ctx });
        return [[name, reading] as const, [`${name}/count`, pairs] as const];
      }),
    );
  },
});

/** The same of the true films. */
export const trueDiversity = defineMeasure({
  of: filmSetInputs,
  name: 'diversity:mediapipe/truth',
  version: 1,
  needs: ['truthTracks'],
  figures: Object.fromEntries(
    DIVERSE_PARTS.map((part) => [
      `diversity:mediapipe:${part}/truth`,
      { unit: UNIT, text: `how far the ${part}'s points of two true films are apart, mean` },
    ]),
  ) as Record<`${Name}/truth`, Note>,
  measure: ({ truthTracks }) =>
    Object.fromEntries(
      DIVERSE_PARTS.flatMap((part) => {
        const { value } = diversityOf(peopleOf('truthTracks', truthTracks), part);
        return value === undefined ? [] : [[`diversity:mediapipe:${part}/truth`, value] as const];
      }),
    ),
});

function peopleOf(where: string, tracks: readonly Tracks[]): PersonTracks[] {
  return tracks.map((each, i) => new PersonTracks(`${FILM_SET}.${where}[${i}]`, each));
}
