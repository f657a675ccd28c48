import { z } from 'zod';
import { metrics } from '@soliloquy/ports';
import { ALL_AXES, defineStage } from '@soliloquy/stage';

export const statisticsStage = defineStage({
  id: 'statistics',
  version: 1,
  title: 'Statistics',
  summary: 'Figures of many films become mean, standard deviation and count.',
  inputs: { metrics: { type: metrics, summary: 'figures of every film', gathers: { param: 'axis' } } },
  params: z.object({
    axis: z
      .string()
      .regex(/^(\*|[a-z][a-z0-9-]*)$/, { error: 'the name of an axis, or * for all of them' })
      .default(ALL_AXES)
      .describe('The axis that the films lie along, e.g. clip; *: all axes that the figures have'),
  }),
  outputs: { metrics: { type: metrics, summary: 'by figure: its mean, deviation and count' } },
  backbones: {
    moments: {
      version: 1,
      title: 'Moments',
      summary: 'Mean, standard deviation with n − 1, and count, of each figure over the films that have it.',
      params: z.object({}),
      load: () => import('./backbones/moments.ts'),
    },
  },
  defaultBackbone: 'moments',
  measures: {
    metrics: {
      '/mean': { text: 'mean over the films', of: 'metrics' },
      '/deviation': { text: 'standard deviation over the films, n − 1; absent for a single one', of: 'metrics' },
      '/count': { text: 'films that have the figure', of: 'metrics' },
    },
  },
});
