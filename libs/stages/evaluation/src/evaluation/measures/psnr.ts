import { defineMeasure } from '@soliloquy/stage';
import { compareFilms } from '../compare-films.ts';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';

/** 10 log10(1 / MSE) of the film against the true clip, mean over frames. */
export const psnr = defineMeasure({
  of: evaluationInputs,
  name: 'psnr',
  version: 1,
  unit: 'dB',
  better: 'higher',
  text: 'the film against the true clip of its voice, inside the matte; idle motion differs by nature',
  source: 'scikit-image peak_signal_noise_ratio',
  needs: ['video', 'reference'],
  params: { every },
  async measure({ video, reference }, params, ctx, share) {
    const { psnr: value } = await share('compared-films', () =>
      compareFilms(video, reference, params.every, ctx.signal),
    );
    if (Number.isFinite(value)) return value;
    ctx.log('psnr is left out: a frame equals that of the true clip, which is no finite number of dB');
    return undefined;
  },
});
