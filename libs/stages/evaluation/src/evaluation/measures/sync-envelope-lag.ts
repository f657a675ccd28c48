import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { mouthAndVoice } from '../mouth-and-voice.ts';

/** |argmax over lags| of the same correlation as `sync:envelope`. */
export const syncEnvelopeLag = defineMeasure({
  of: evaluationInputs,
  name: 'sync:envelope-lag',
  version: 1,
  unit: 'frames',
  better: 'lower',
  text: 'how far from zero lag that is',
  needs: ['gaussians', 'deformation', 'audio'],
  measure: (given) => Math.abs(mouthAndVoice(given, given.audio).lag),
});
