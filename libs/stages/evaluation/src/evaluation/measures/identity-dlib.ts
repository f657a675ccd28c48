import { defineMeasure } from '@soliloquy/stage';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { mean } from '../tracked/statistics.ts';

/** ‖e(frame) − e(picture)‖ of dlib's face embedding, mean over every so many frames. No CSIM: that is ArcFace's. */
export const identity = defineMeasure({
  of: evaluationInputs,
  name: 'identity:dlib',
  version: 1,
  better: 'lower',
  text: "distance of the film's face to the picture's, mean over frames; the same person altered 0.19, others 0.72",
  source: "dlib's ResNet face embedding, King 2017",
  series: 'compared frames',
  needs: ['video', 'image', 'tracks'],
  params: { every },
  async measure(given, params, ctx, share) {
    const { person } = new SeenPerson(given, 'tracks', share);
    if (!person.has('face')) return undefined;
    const { distancesToPicture } = await import('../tracked/identity-distances.ts');
    const series = await distancesToPicture(given, person, params.every, ctx);
    return series.length === 0 ? undefined : { value: mean(series), series };
  },
});
