import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { lipsAndVoice } from '../tracked/lips-and-voice.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** |argmax over lags| of the same correlation as `sync:mediapipe`. */
export const syncMediapipeLag = defineMeasure({
  of: evaluationInputs,
  name: 'sync:mediapipe-lag',
  version: 1,
  unit: 'frames',
  better: 'lower',
  text: 'how far from zero lag that is',
  needs: ['tracks', 'audio'],
  measure(given, _params, _ctx, share) {
    const found = lipsAndVoice(new SeenPerson(given, 'tracks', share), given.audio);
    return found && Math.abs(found.lag);
  },
});
