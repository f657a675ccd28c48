import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { deviation, mean } from '../tracked/statistics.ts';

/** How much the fingers change their length: deviation over mean, mean of all fingers. Bones do not. */
export const fingerChange = defineMeasure({
  of: evaluationInputs,
  name: 'finger-change:mediapipe',
  version: 1,
  better: 'lower',
  text: "deviation over time of a finger's length over its mean, mean of all fingers",
  source: 'MediaPipe Hands, Zhang et al. 2020',
  needs: ['tracks'],
  measure: (given, _params, _ctx, share) => changeOf(new SeenPerson(given, 'tracks', share)),
  baselines: {
    truth: {
      text: 'the same of the true clip',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) => changeOf(new SeenPerson(given, 'truthTracks', share)),
    },
  },
});

function changeOf({ fingers }: SeenPerson): number | undefined {
  return fingers.length === 0 ? undefined : mean(fingers.map((lengths) => deviation(lengths) / mean(lengths)));
}
