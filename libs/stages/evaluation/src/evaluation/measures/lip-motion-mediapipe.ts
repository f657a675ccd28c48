import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { deviation } from '../tracked/statistics.ts';

/** Deviation over time of the gap between the inner edges of the lips. */
export const lipMotion = defineMeasure({
  of: evaluationInputs,
  name: 'lip-motion:mediapipe',
  version: 1,
  unit: 'eye distances',
  text: "deviation over time of the lips' opening, in distances of the outer corners of the eyes",
  source: 'lips of the attention mesh, Grishchenko et al. 2020',
  series: 'frames',
  needs: ['tracks'],
  measure: (given, _params, _ctx, share) => motionOf(new SeenPerson(given, 'tracks', share)),
  baselines: {
    truth: {
      text: 'the same of the true clip',
      series: 'frames',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) => motionOf(new SeenPerson(given, 'truthTracks', share)),
    },
  },
});

function motionOf({ lipOpening }: SeenPerson) {
  return lipOpening && { value: deviation(lipOpening), series: [...lipOpening] };
}
