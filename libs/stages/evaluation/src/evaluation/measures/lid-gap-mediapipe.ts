import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** The least gap of the lids over its median: 0 is a shut eye, 1 one that never shuts. */
export const lidGap = defineMeasure({
  of: evaluationInputs,
  name: 'lid-gap:mediapipe',
  version: 1,
  better: 'lower',
  text: "least gap of the lids over the film's median",
  source: 'eye aspect ratio, Soukupová and Čech 2016, on the attention mesh',
  series: 'frames',
  needs: ['tracks'],
  measure: (given, _params, _ctx, share) => leastOf(new SeenPerson(given, 'tracks', share)),
  baselines: {
    truth: {
      text: 'the same of the true clip',
      series: 'frames',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) => leastOf(new SeenPerson(given, 'truthTracks', share)),
    },
  },
});

function leastOf({ lidGap: gap }: SeenPerson) {
  return gap && { value: Math.min(...gap), series: [...gap] };
}
