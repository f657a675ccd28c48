import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { REACH } from '../mouth-and-voice.ts';
import { lipsAndVoice } from '../tracked/lips-and-voice.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** max over lags of Pearson's correlation of the lips' opening in the film and loudness. */
export const syncMediapipe = defineMeasure({
  of: evaluationInputs,
  name: 'sync:mediapipe',
  version: 1,
  better: 'higher',
  text: `highest correlation of the lips' opening in the film and loudness over ±${REACH} frames`,
  source: 'lips of the attention mesh, Grishchenko et al. 2020',
  needs: ['tracks', 'audio'],
  measure: (given, _params, _ctx, share) => lipsAndVoice(new SeenPerson(given, 'tracks', share), given.audio)?.best,
  baselines: {
    other: {
      better: 'lower',
      text: 'the same with the voices of other clips, highest of them',
      needs: ['voices'],
      measure(given, _params, _ctx, share) {
        const seen = new SeenPerson(given, 'tracks', share);
        const found = given.voices.flatMap((voice) => lipsAndVoice(seen, voice)?.best ?? []);
        return found.length === 0 ? undefined : Math.max(...found);
      },
    },
  },
});
