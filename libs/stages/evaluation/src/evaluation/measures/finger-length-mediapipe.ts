import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { mean } from '../tracked/statistics.ts';

/** Mean length of the fingers along their joints, over wrist to middle knuckle. */
export const fingerLength = defineMeasure({
  of: evaluationInputs,
  name: 'finger-length:mediapipe',
  version: 1,
  text: 'mean length of the fingers along their joints, over that of the palm',
  source: 'MediaPipe Hands, Zhang et al. 2020',
  needs: ['tracks'],
  measure: (given, _params, _ctx, share) => lengthOf(new SeenPerson(given, 'tracks', share)),
  baselines: {
    truth: {
      text: 'the same of the true clip',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) => lengthOf(new SeenPerson(given, 'truthTracks', share)),
    },
  },
});

function lengthOf({ fingers }: SeenPerson): number | undefined {
  return fingers.length === 0 ? undefined : mean(fingers.map(mean));
}
