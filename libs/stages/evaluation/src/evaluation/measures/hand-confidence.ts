import { defineMeasure } from '@soliloquy/stage';
import { restsOn } from '../../rests-on.ts';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';
import { mean } from '../tracked/statistics.ts';

const ENOUGH = { of: 'frames', enough: 10, why: 'hands blur while they move' };

/** HKC: mean confidence of the 2x21 points of both hands. No reference code exists: the detector is DWPose. */
export const handKeypointConfidence = defineMeasure({
  of: evaluationInputs,
  name: 'hkc',
  version: 1,
  source: 'DWPose-l 384x288, Yang et al. 2023; hand keypoint confidence as in Meng et al. 2024, EchoMimicV2',
  needs: ['video'],
  networks: ['dwpose'],
  params: { every },
  figures: {
    hkc: {
      better: 'higher',
      text: 'mean confidence of DWPose in the 2x21 points of both hands; a hand that is not found counts 0',
      series: 'compared frames',
    },
    'hkc/count': { text: 'frames that hkc rests on' },
  },
  async measure({ video }, params, ctx, share) {
    const { handConfidence, posesOfFilm } = await import('../../networks/poses-of-film.ts');
    const { poses, weights } = await posesOfFilm('video', video, { every: params.every, ctx, share });
    const series = poses.map(handConfidence);
    const reading = restsOn('hkc', mean(series), { ...ENOUGH, count: series.length }, { at: weights, ctx });
    return { hkc: { ...reading, series }, 'hkc/count': series.length };
  },
});
