import { z } from 'zod';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { TRANSFORMER_PARAMS } from '@soliloquy/motion-transformer/params';
import { motionModel } from '@soliloquy/motion-transformer/port';
import { audio, deformation, metrics } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { TRAINING_FIGURES } from './figures.ts';

export const motionTrainingStage = defineStage({
  id: 'motion-training',
  version: 2,
  title: 'Motion diffusion, training',
  summary: 'Trains the diffusion transformer that makes motion from a voice.',
  inputs: {
    deformation: { type: deformation, summary: 'ΔG_t of every clip', gathers: 'clip' },
    audio: { type: audio, summary: 'the voice of every clip', gathers: 'clip' },
    space: { type: alignedSpace, summary: 'the space of x_t' },
  },
  params: z.object({
    steps: z.int().min(1).max(10_000_000).default(700).describe('Training steps'),
    batch: z.int().min(1).max(1024).default(6).describe('Sequences in a batch'),
    learningRate: z
      .number()
      .positive()
      .max(1)
      .default(0.0015)
      .describe('Peak learning rate of AdamW; warm-up and cosine. AudioAvatar trains with 1e-5'),
    frames: z
      .int()
      .min(8)
      .max(10_000)
      .default(125)
      .describe('T, frames that are made at once')
      .meta({ unit: 'frames' }),
    noiseSteps: z.int().min(2).max(10_000).default(200).describe('Diffusion steps of the cosine schedule'),
  }),
  outputs: {
    model: { type: motionModel, summary: 'the diffusion transformer' },
    metrics: { type: metrics, summary: 'training loss' },
  },
  backbones: {
    transformer: {
      version: 5,
      title: 'Transformer',
      summary: 'Noisy motion beside audio, FiLM on the noise step, predicts clean motion; AdamW and EMA.',
      params: z.object({
        ...TRANSFORMER_PARAMS,
        slowMotion: z
          .number()
          .nonnegative()
          .max(60)
          .default(0.3)
          .describe(
            'Each clip is also learned with what is slower than this (deviation of a Gaussian mean) of up to ' +
              'eight other clips, since a voice hardly says it; 0: only as it is',
          )
          .meta({ unit: 's' }),
        arms: z
          .enum(['own', 'others'])
          .default('others')
          .describe(
            'Whose arms each clip is also learned with: those of up to eight other clips, shifted to where both ' +
              'voices are loud together, since a voice says when hands move and hardly how; or only its own',
          ),
        audioNoise: z
          .number()
          .min(0)
          .max(10)
          .default(0.6)
          .describe(
            'Deviation of the noise that is added to what is heard, of its own deviation; with little of it a few ' +
              'clips are known by heart, with much the lips are less sharp',
          ),
        velocityWeight: z
          .number()
          .nonnegative()
          .max(1000)
          .default(3)
          .describe('Weight of the loss on frame-to-frame differences'),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/transformer.ts'),
    },
  },
  defaultBackbone: 'transformer',
  measures: { metrics: TRAINING_FIGURES },
  migrations: [
    {
      from: 1,
      says: 'it hears as its space does: by mel levels, if the space was one of @1',
      migrate: (node) => node,
    },
  ],
});
