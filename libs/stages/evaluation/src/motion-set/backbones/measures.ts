import type { Tracks } from '@soliloquy/ports';
import { StageError, takeMeasures, type RunOf } from '@soliloquy/stage';
import { SET_STAGE } from '../film-set.ts';
import { TRACK_INPUTS } from '../inputs.ts';
import { motionSetMeasures } from '../own-measures.ts';
import type { motionSetStage } from '../stage.ts';

/**
 * @throws StageError `stage.count-mismatch` where not every film has its truth and its voice, `stage.size-mismatch`
 *   where films differ in size or rate, `stage.tracks-unnamed`, `stage.too-few-windows`
 */
export const run: RunOf<typeof motionSetStage, 'measures'> = async (inputs, params, ctx) => {
  const films = inputs.points.length;
  for (const [where, { length }] of Object.entries(inputs))
    if (length !== films)
      throw new StageError({
        code: 'stage.count-mismatch',
        where: `${SET_STAGE}.${where}`,
        expected: `${films} values, one for each film of points`,
        got: String(length),
        remedy: 'gather all along one axis',
      });
  const shot = shotOf(inputs.points[0]);
  for (const where of TRACK_INPUTS.flat())
    inputs[where].forEach((tracks, i) => {
      if (shotOf(tracks) !== shot)
        throw new StageError({
          code: 'stage.size-mismatch',
          where: `${SET_STAGE}.${where}[${i}]`,
          expected: `those of a film of ${shot} as the first`,
          got: shotOf(tracks),
          remedy: 'give all films one area and one rate',
        });
    });
  return { metrics: await takeMeasures(motionSetMeasures, inputs, params, ctx) };
};

function shotOf({ width, height, fps }: Tracks): string {
  return `${width}x${height} at ${fps} fps`;
}
