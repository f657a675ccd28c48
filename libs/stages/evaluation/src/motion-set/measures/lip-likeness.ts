import { correlation } from '@soliloquy/signal';
import { defineMeasure } from '@soliloquy/stage';
import { isMostlySeen } from '../../evaluation/tracked/limbs.ts';
import type { PointPath } from '../../evaluation/tracked/person-tracks.ts';
import { mean } from '../../evaluation/tracked/statistics.ts';
import type { FilmPoints } from '../film-points.ts';
import { pointPairs, seenPairs } from '../film-set.ts';
import { motionSetInputs } from '../inputs.ts';
import { countedFigures, overFilms } from '../over-films.ts';

const text = "correlation of the lips' opening in the film with that in the true film";

/** Pearson's correlation of the lips' opening with that of the true film, frame by frame, of each film. */
export const setLipLikeness = defineMeasure({
  of: motionSetInputs,
  name: 'lip-likeness:mediapipe',
  version: 1,
  source: 'lips of the attention mesh, Grishchenko et al. 2020',
  needs: ['tracks', 'truthTracks'],
  figures: countedFigures({ 'lip-likeness:mediapipe': { better: 'higher', text } }),
  measure: (given, _params, _ctx, share) =>
    overFilms(
      'lip-likeness:mediapipe',
      seenPairs(given, share).map(({ made, truth }) => likeness(made.lipOpening, truth.lipOpening)),
    ),
});

/** The same of the point tracker's lips: mean lower lip less mean upper lip, down the picture. */
export const pointsLipLikeness = defineMeasure({
  of: motionSetInputs,
  name: 'lip-likeness:points',
  version: 1,
  needs: ['points', 'truthPoints'],
  figures: countedFigures({ 'lip-likeness:points': { better: 'higher', text } }),
  measure: (given, _params, _ctx, share) =>
    overFilms(
      'lip-likeness:points',
      pointPairs(given, share).map(({ made, truth }) => likeness(openingOf(made), openingOf(truth))),
    ),
});

function likeness(made: Float64Array | undefined, truth: Float64Array | undefined): number | undefined {
  return made && truth && correlation(made, truth);
}

/** f64 [F] pixels; undefined where a lip is hardly seen */
function openingOf(film: FilmPoints): Float64Array | undefined {
  const [upper, lower] = (['upperLip', 'lowerLip'] as const).map((lip): PointPath[] =>
    [...film.of([lip]).values()].filter(isMostlySeen),
  );
  if (upper.length === 0 || lower.length === 0) return undefined;
  const down = (lip: readonly PointPath[], f: number): number => mean(lip.map(({ y }) => y[f]));
  return Float64Array.from({ length: film.frames }, (_, f) => down(lower, f) - down(upper, f));
}
