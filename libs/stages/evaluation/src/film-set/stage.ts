import { z } from 'zod';
import { metrics } from '@soliloquy/ports';
import { defineStage, figuresOfMeasures, networksOfMeasures, paramsOfMeasures } from '@soliloquy/stage';
import { filmAxis } from '../film-axis.ts';
import { networksNeed, networksParam } from '../networks/network-names.ts';
import { FILM_SET, filmSetInputs } from './inputs.ts';
import { filmSetMeasures } from './own-measures.ts';

/** Published distances of a set of films to a set of true films. */
export const filmSetStage = defineStage({
  id: FILM_SET,
  version: 1,
  title: 'Film set evaluation',
  summary:
    'Measures a set of films as a whole against a set of true films: FID, FVD, FVMD and diversity, each with how ' +
    'much it rests on.',
  inputs: filmSetInputs,
  params: z.object({
    axis: filmAxis,
    ...paramsOfMeasures(filmSetMeasures),
  }),
  outputs: { metrics: { type: metrics, summary: 'all figures by name, with how much each rests on' } },
  backbones: {
    measures: {
      version: 1,
      title: 'Measures',
      summary: 'Every measure whose inputs are connected, and whose networks are named.',
      params: z.object({ networks: networksParam(networksOfMeasures(filmSetMeasures)) }),
      needs: [networksNeed],
      threads: 'all',
      load: async () => ({
        run: (await import('../evaluation/backbones/measures.ts')).runOf(filmSetMeasures, FILM_SET),
      }),
    },
  },
  defaultBackbone: 'measures',
  measures: { metrics: figuresOfMeasures(filmSetMeasures) },
});
