import { defineMeasure } from '@soliloquy/stage';
import { compareFilms } from '../compare-films.ts';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';

/** Structural similarity of film and true clip: 11x11 Gaussian, σ = 1.5, K = 0.01 and 0.03; mean over frames. */
export const ssim = defineMeasure({
  of: evaluationInputs,
  name: 'ssim',
  version: 1,
  better: 'higher',
  text: 'on the same pixels',
  source: 'Wang et al. 2004, as scikit-image structural_similarity',
  needs: ['video', 'reference'],
  params: { every },
  measure: async ({ video, reference }, params, ctx, share) =>
    (await share('compared-films', () => compareFilms(video, reference, params.every, ctx.signal))).ssim,
});
