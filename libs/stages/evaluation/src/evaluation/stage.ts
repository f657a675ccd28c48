import { z } from 'zod';
import { audio, deformation, gaussians, image, landmarks, metrics, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const evaluationStage = defineStage({
  id: 'evaluation',
  version: 1,
  title: 'Evaluation',
  summary:
    "Measures a film and its motion: against the picture, against the same voice's true clip, and against the " +
    'clips that were learned from.',
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
        'Sharpness, PSNR, SSIM, acceleration error of particles, variance of motion, and how mouth and voice go ' +
        'together.',
      params: z.object({}),
      load: () => import('./backbones/measures.ts'),
    },
  },
  defaultBackbone: 'measures',
});
