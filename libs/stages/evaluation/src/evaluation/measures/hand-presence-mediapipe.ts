import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { handPresence as presenceOf } from '../tracked/limbs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** Mean presence of both hands: one number a hand, not one a joint, so no HKC. */
export const handPresence = defineMeasure({
  of: evaluationInputs,
  name: 'hand-presence:mediapipe',
  version: 1,
  better: 'higher',
  text: 'how sure the network is of each hand, mean over frames and hands; a hand out of sight counts as 0',
  source: 'MediaPipe Hands, Zhang et al. 2020',
  needs: ['tracks'],
  measure: (given, _params, _ctx, share) => presenceOf(new SeenPerson(given, 'tracks', share).person),
  baselines: {
    truth: {
      text: 'the same of the true clip',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) => presenceOf(new SeenPerson(given, 'truthTracks', share).person),
    },
  },
});
