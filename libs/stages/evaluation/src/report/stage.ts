import { z } from 'zod';
import { image, metrics, report, video } from '@soliloquy/ports';
import { ALL_AXES, defineStage } from '@soliloquy/stage';

export const reportStage = defineStage({
  id: 'report',
  version: 2,
  title: 'Report',
  summary: 'One self-contained page: the film, a contact sheet, curves and tables.',
  inputs: {
    video: { type: video, summary: 'the film' },
    picture: { type: image, summary: 'the picture of the person', optional: true },
    metrics: {
      type: metrics,
      summary: 'figures of any nodes, one table for each',
      gathers: ALL_AXES,
      titled: true,
      optional: true,
    },
  },
  params: z.object({ title: z.string().default('Soliloquy').describe('Heading of the page') }),
  outputs: {
    report: { type: report, summary: 'the page' },
    sheet: { type: image, summary: 'frames of the film side by side' },
  },
  backbones: {
    page: {
      version: 4,
      title: 'Page',
      summary: 'HTML without scripts, with everything inside.',
      params: z.object({}),
      coresMatter: true,
      load: () => import('./backbones/page.ts'),
    },
  },
  defaultBackbone: 'page',
  migrations: [
    {
      from: 1,
      says: 'figures of all nodes come in by metrics, in the order of their edges',
      migrate: (node) => node,
      renamedInputs: {
        evaluation: 'metrics',
        canonical: 'metrics',
        fit: 'metrics',
        alignment: 'metrics',
        motion: 'metrics',
      },
    },
  ],
});
