import { z } from 'zod';
import { image, metrics, report, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const reportStage = defineStage({
  id: 'report',
  version: 1,
  title: 'Report',
  summary: 'One self-contained page: the film, a contact sheet, curves and tables.',
  inputs: {
    video: { type: video, summary: 'the film' },
    picture: { type: image, summary: 'the picture of the person', optional: true },
    evaluation: { type: metrics, summary: 'figures of the film', optional: true },
    canonical: { type: metrics, summary: 'figures of the canonical Gaussians', optional: true },
    fit: { type: metrics, summary: 'figures of the fitted clips', gathers: 'clip', optional: true },
    alignment: { type: metrics, summary: 'figures of the alignment', optional: true },
    motion: { type: metrics, summary: 'figures of the motion training', optional: true },
  },
  params: z.object({ title: z.string().default('Soliloquy').describe('Heading of the page') }),
  outputs: {
    report: { type: report, summary: 'the page' },
    sheet: { type: image, summary: 'frames of the film side by side' },
  },
  backbones: {
    page: {
      version: 3,
      title: 'Page',
      summary: 'HTML without scripts, with everything inside.',
      params: z.object({}),
      load: () => import('./backbones/page.ts'),
    },
  },
  defaultBackbone: 'page',
});
