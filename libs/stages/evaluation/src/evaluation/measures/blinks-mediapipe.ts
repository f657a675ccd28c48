import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { countBlinks, SHUT } from '../tracked/face.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** Stretches of 0.06 to 0.42 s in which the gap of the lids is below a share of its median. */
export const blinks = defineMeasure({
  of: evaluationInputs,
  name: 'blinks:mediapipe',
  version: 1,
  unit: '1/min',
  text: `how often the lids' gap is below ${100 * SHUT} % of its median for 2 to 10 frames at 25 a second`,
  source: 'eye aspect ratio, Soukupová and Čech 2016, on the attention mesh',
  needs: ['tracks'],
  measure: (given, _params, _ctx, share) => rateOf(new SeenPerson(given, 'tracks', share)),
  baselines: {
    truth: {
      text: 'the same of the true clip',
      needs: ['truthTracks'],
      measure: (given, _params, _ctx, share) => rateOf(new SeenPerson(given, 'truthTracks', share)),
    },
  },
});

function rateOf({ lidGap, person: { fps, frames } }: SeenPerson): number | undefined {
  return lidGap && (countBlinks(lidGap, fps) * 60 * fps) / frames;
}
