import { z } from 'zod';
import { metrics } from '@soliloquy/ports';
import { defineStage, figuresOfMeasures, paramsOfMeasures } from '@soliloquy/stage';
import { filmAxis } from '../film-axis.ts';
import { SET_STAGE } from './film-set.ts';
import { motionSetInputs } from './inputs.ts';
import { motionSetMeasures } from './own-measures.ts';

/** Figures of a set of films that single films do not have, beside those of each. */
export const motionSetStage = defineStage({
  id: SET_STAGE,
  version: 1,
  title: 'Motion set evaluation',
  summary:
    'Measures how people move in a set of films against the true films of the same voices: all figures at once, ' +
    'since standing still lowers some and trembling others.',
  inputs: motionSetInputs,
  params: z.object({
    axis: filmAxis,
    ...paramsOfMeasures(motionSetMeasures),
  }),
  outputs: { metrics: { type: metrics, summary: 'all figures by name, with how much each rests on' } },
  backbones: {
    measures: {
      version: 1,
      title: 'Measures',
      summary: 'Every measure of a set of films.',
      params: z.object({}),
      load: () => import('./backbones/measures.ts'),
    },
  },
  defaultBackbone: 'measures',
  measures: { metrics: figuresOfMeasures(motionSetMeasures) },
});
