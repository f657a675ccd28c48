import { defineMeasure, StageError } from '@soliloquy/stage';
import { pointPairs, SET_STAGE, shotAt } from '../film-set.ts';
import { motionSetInputs } from '../inputs.ts';
import { HISTOGRAM_WIDTH, motionHistograms, SHORTEST } from '../motion-histograms.ts';

const text =
  'Fréchet distance of histograms of the velocities and accelerations of tracked points to those of the truths';

/**
 * Fréchet distance of the films' windows to the truths', on `motionHistograms`. Not FVMD: that is of PIPs++ tracks,
 * with whole magnitudes.
 */
export const motionDistance = defineMeasure({
  of: motionSetInputs,
  name: 'fvmd:tracks',
  version: 1,
  source: 'after Liu et al. 2024, on the points of tracking@1',
  needs: ['points', 'truthPoints'],
  figures: {
    'fvmd:tracks': { better: 'lower', text },
    'fvmd:tracks/still': { better: 'lower', text: 'the same of standing still' },
    'fvmd:tracks/count': { text: `windows of the films that the covariance of ${HISTOGRAM_WIDTH} numbers rests on` },
    'fvmd:tracks/truth-count': { text: 'windows of the truths' },
  },
  async measure(given, _params, _ctx, share) {
    const { frechetDistance } = await import('../../frechet-distance.ts');
    const pairs = pointPairs(given, share);
    const [films, truths] = (['made', 'truth'] as const).map((of) =>
      pairs.flatMap((pair) => motionHistograms(pair[of])),
    );
    for (const [where, rows] of [
      ['points', films],
      ['truthPoints', truths],
    ] as const)
      if (rows.length < 2)
        throw new StageError({
          code: 'stage.too-few-windows',
          where: `${SET_STAGE}.${where}`,
          expected: `two windows at least; a film of ${SHORTEST} frames has one`,
          got: String(rows.length),
          remedy: 'give more or longer films',
        });
    const at = shotAt(given.points);
    const still = films.map((row) => new Float64Array(row.length));
    return {
      'fvmd:tracks': { value: frechetDistance(films, truths), at },
      'fvmd:tracks/still': { value: frechetDistance(still, truths), at },
      'fvmd:tracks/count': films.length,
      'fvmd:tracks/truth-count': truths.length,
    };
  },
});
