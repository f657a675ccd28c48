import { z } from 'zod';
import { file, gaussians, image, landmarks, metrics } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { CANONICAL_FIGURES } from './figures.ts';
import { lhm } from './lhm.ts';

export const canonicalGaussiansStage = defineStage({
  id: 'canonical-gaussians',
  version: 1,
  title: 'Canonical Gaussians',
  summary: 'One picture of a person becomes 3D Gaussians, dense at mouth, eyes and hands.',
  inputs: {
    image: { type: image, summary: 'the person; alpha is the matte' },
    landmarks: { type: landmarks, summary: 'where face, joints and hands are' },
    background: { type: image, summary: 'what is behind the person' },
    file: { type: file, summary: 'Gaussians of another program: .ply, .spz or .splat', optional: true },
  },
  params: z.strictObject({
    count: z
      .int()
      .min(200)
      .max(200_000)
      .default(14_000)
      .describe('Gaussians on what the picture shows; a tenth more lie hidden behind')
      .meta({ unit: 'Gaussians' }),
    area: z
      .int()
      .min(4096)
      .max(4_194_304)
      .default(393_216)
      .describe('Pixels of the film that colour and scale are refined at')
      .meta({ unit: 'pixels' }),
  }),
  outputs: {
    gaussians: { type: gaussians, summary: 'the person at rest' },
    ply: { type: file, summary: 'the same as avatar.ply, for public viewers' },
    metrics: { type: metrics, summary: 'how well they show the picture' },
  },
  backbones: {
    lift: {
      version: 4,
      title: 'Lift',
      summary:
        'Saliency-weighted samples of the picture in layers (trunk and limbs, complete behind one another), depth ' +
        'from the mesh of the face and inflated silhouettes, refined through the rasteriser.',
      params: z.strictObject({
        steps: z.int().min(0).max(5000).default(100).describe('Refinement steps through the rasteriser'),
        faceDensity: z
          .number()
          .min(1)
          .max(20)
          .default(5)
          .describe('How much denser the face is sampled than the clothes'),
      }),
      threads: 'all',
      onWebGpu: true,
      load: () => import('./backbones/lift.ts'),
    },
    file: {
      version: 1,
      title: 'A file of Gaussians',
      summary:
        'Any .ply, .spz or .splat of the person in the pose of the picture: turned, scaled and moved so that it ' +
        'shows the picture, and given the regions of the person.',
      params: z.strictObject({}),
      requires: ['file'],
      threads: 'all',
      onWebGpu: true,
      load: () => import('./backbones/file.ts'),
    },
    lhm: {
      version: 1,
      title: 'LHM',
      summary:
        'Gaussians by LHM-1B, which stand with arms spread: placed over the picture as a file of Gaussians is; ' +
        'give a picture in that pose.',
      params: z.strictObject({}),
      ...lhm.backbone,
      threads: 'all',
      onWebGpu: true,
      load: () => import('./backbones/lhm.ts'),
    },
  },
  defaultBackbone: 'lift',
  measures: { metrics: CANONICAL_FIGURES },
});
