import { z } from 'zod';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { audio, deformation, gaussians, metrics } from '@soliloquy/ports';
import { HEARINGS } from '@soliloquy/speech-features/hearings';
import { defineStage } from '@soliloquy/stage';
import { ALIGNMENT_FIGURES } from './figures.ts';

export const alignmentStage = defineStage({
  id: 'alignment',
  version: 2,
  title: 'Audio-motion alignment',
  summary: 'Learns particle motion x_t = E_X(ΔG_t) with its decoder, and a space that it shares with the voice.',
  inputs: {
    deformation: { type: deformation, summary: 'ΔG_t of every clip', gathers: 'clip' },
    audio: { type: audio, summary: 'the voice of every clip', gathers: 'clip' },
    gaussians: { type: gaussians, summary: 'the person at rest' },
  },
  params: z.object({
    steps: z.int().min(1).max(1_000_000).default(400).describe('Training steps'),
    learningRate: z
      .number()
      .positive()
      .max(1)
      .default(0.002)
      .describe('Peak learning rate of AdamW; warm-up and cosine'),
    hearing: z
      .enum(HEARINGS)
      .default(HEARINGS[0])
      .describe(
        'What voices are heard by, here and in what is learned in this space: phones, told by the encoder that comes ' +
          'along; mel levels; or the speech embedding of a package that you add',
      ),
  }),
  outputs: {
    model: { type: alignedSpace, summary: 'encoder, decoder, and the encoders of the shared space' },
    metrics: { type: metrics, summary: 'reconstruction, and how well voice and motion find each other' },
  },
  backbones: {
    perceiver: {
      version: 3,
      title: 'Perceiver',
      summary:
        'Perceivers over particles and over audio; reconstruction and contrastive cosine per frame and per ' +
        '25-frame patch, with other clips and other times as negatives.',
      params: z.object({
        width: z.int().min(8).max(1024).default(32).describe('Width of the Perceivers'),
        latents: z.int().min(1).max(256).default(8).describe('Latents that read each part'),
        hidden: z.int().min(8).max(4096).default(192).describe('Width inside the decoder'),
        patches: z.int().min(2).max(512).default(14).describe('25-frame patches in a batch'),
        contrastWeight: z
          .number()
          .nonnegative()
          .max(1000)
          .default(0.1)
          .describe('Weight of the contrastive terms against the reconstruction'),
        patchWeight: z
          .number()
          .nonnegative()
          .max(1000)
          .default(1)
          .describe('Weight of the contrastive term per patch beside that per frame; 0: frames alone'),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/perceiver.ts'),
    },
  },
  defaultBackbone: 'perceiver',
  measures: { metrics: ALIGNMENT_FIGURES },
  migrations: [
    {
      from: 1,
      says: 'it may hear by phones; this one goes on hearing by mel levels',
      migrate: ({ backbone, params }) => ({ backbone, params: { ...params, hearing: 'mel' } }),
    },
  ],
});
