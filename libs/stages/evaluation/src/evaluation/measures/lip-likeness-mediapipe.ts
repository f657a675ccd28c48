import { correlation } from '@soliloquy/signal';
import { defineMeasure } from '@soliloquy/stage';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';

/** Pearson's correlation of the lips' opening with that of the true clip, frame by frame. */
export const lipLikeness = defineMeasure({
  of: evaluationInputs,
  name: 'lip-likeness:mediapipe',
  version: 1,
  better: 'higher',
  text: "correlation of the lips' opening in the film with that in the true clip",
  source: 'lips of the attention mesh, Grishchenko et al. 2020',
  needs: ['tracks', 'truthTracks'],
  measure(given, _params, _ctx, share) {
    const [made, true_] = (['tracks', 'truthTracks'] as const).map(
      (input) => new SeenPerson(given, input, share).lipOpening,
    );
    return made && true_ && correlation(made, true_);
  },
});
