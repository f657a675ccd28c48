import { defineMeasure } from '@soliloquy/stage';
import { openNetwork, weightsText } from '../../networks/open-network.ts';
import { restsOn } from '../../rests-on.ts';
import { every } from '../every.ts';
import { evaluationInputs } from '../inputs.ts';
import { SeenPerson } from '../tracked/seen-person.ts';
import { mean } from '../tracked/statistics.ts';

const ENOUGH = { of: 'frames', enough: 10, why: 'a face turns and blinks' };

/** Cosine of ArcFace's embeddings of picture and frame, mean over every so many frames. */
export const faceSimilarity = defineMeasure({
  of: evaluationInputs,
  name: 'csim',
  version: 1,
  source: 'ArcFace, Deng et al. 2019; aligned as insightface does, by five points of the face mesh',
  needs: ['video', 'image', 'tracks'],
  networks: ['arcface'],
  params: { every },
  figures: {
    csim: {
      better: 'higher',
      text: "cosine of ArcFace's embeddings of the film's face and the picture's, mean over frames",
      series: 'compared frames',
    },
    'csim/count': { text: 'frames that csim rests on' },
  },
  async measure(given, params, ctx, share) {
    const { person } = new SeenPerson(given, 'tracks', share);
    if (!person.has('face')) return {};
    const { arcfaceCosines } = await import('../../networks/face-similarity.ts');
    const arcface = await openNetwork('arcface', 'w600k_r50.onnx', ctx);
    try {
      const series = await arcfaceCosines(arcface, given, person, { every: params.every, ctx });
      if (series.length === 0) return {};
      const support = { ...ENOUGH, count: series.length };
      const reading = restsOn('csim', mean(series), support, { at: weightsText(arcface), ctx });
      return { csim: { ...reading, series }, 'csim/count': series.length };
    } finally {
      await arcface.dispose();
    }
  },
});
