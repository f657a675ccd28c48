import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { mouthAndVoice, REACH } from '../mouth-and-voice.ts';

/** max over lags of Pearson's correlation of mouth opening and loudness. */
export const syncEnvelope = defineMeasure({
  of: evaluationInputs,
  name: 'sync:envelope',
  version: 1,
  better: 'higher',
  text: `highest correlation of mouth opening and loudness over ±${REACH} frames`,
  needs: ['gaussians', 'deformation', 'audio'],
  measure: (given) => mouthAndVoice(given, given.audio).best,
  baselines: {
    other: {
      better: 'lower',
      text: 'the same with the voices of other clips, highest of them',
      needs: ['voices'],
      measure: (given) => Math.max(...given.voices.map((voice) => mouthAndVoice(given, voice).best)),
    },
  },
});
