import { z } from 'zod';
import { audio, deformation, gaussians, image, landmarks, metrics, report, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const evaluationStage = defineStage({
  id: 'evaluation',
  version: 1,
  title: 'Evaluation',
  summary:
    "Measures a film and its motion: against the picture, against the same voice's true clip, and against the clips that were learned from.",
  inputs: {
    video: { type: video, summary: 'the film' },
    image: { type: image, summary: 'the picture of the person' },
    landmarks: { type: landmarks, summary: 'where its face is' },
    gaussians: { type: gaussians, summary: 'the person at rest' },
    audio: { type: audio, summary: 'the voice of the film' },
    deformation: { type: deformation, summary: 'the motion of the film' },
    truth: { type: deformation, summary: 'the motion of the true clip of the same voice', optional: true },
    reference: { type: video, summary: 'the true clip of the same voice', optional: true },
    clips: {
      type: deformation,
      summary: 'the motion of the clips that were learned from',
      gathers: 'clip',
      optional: true,
    },
    voices: { type: audio, summary: 'the voices of those clips', gathers: 'clip', optional: true },
  },
  params: z.object({
    every: z
      .int()
      .min(1)
      .max(1000)
      .default(10)
      .describe('Pictures are compared every so many frames')
      .meta({ unit: 'frames' }),
  }),
  outputs: { metrics: { type: metrics, summary: 'all figures by name' } },
  backbones: {
    measures: {
      version: 1,
      title: 'Measures',
      summary:
        'Sharpness, PSNR, SSIM, acceleration error of particles, variance of motion, and how mouth and voice go together.',
      params: z.object({}),
      load: () => import('./backbones/measures.ts'),
    },
  },
  defaultBackbone: 'measures',
});

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
      version: 2,
      title: 'Page',
      summary: 'HTML without scripts, with everything inside.',
      params: z.object({}),
      load: () => import('./backbones/page.ts'),
    },
  },
  defaultBackbone: 'page',
});
