import { z } from 'zod';
import { audio, deformation, metrics, model, motion } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const motionTrainingStage = defineStage({
  id: 'motion-training',
  version: 1,
  title: 'Motion diffusion, training',
  summary: 'Trains the diffusion transformer that makes motion from a voice.',
  inputs: {
    deformation: { type: deformation, summary: 'ΔG_t of every clip', gathers: 'clip' },
    audio: { type: audio, summary: 'the voice of every clip', gathers: 'clip' },
    space: { type: model('aligned-space'), summary: 'the space of x_t' },
  },
  params: z.object({
    steps: z.int().min(1).max(10_000_000).default(700).describe('Training steps'),
    batch: z.int().min(1).max(1024).default(6).describe('Sequences in a batch'),
    learningRate: z
      .number()
      .positive()
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
    model: { type: model('motion'), summary: 'the diffusion transformer' },
    metrics: { type: metrics, summary: 'training loss' },
  },
  backbones: {
    transformer: {
      version: 3,
      title: 'Transformer',
      summary: 'Noisy motion beside audio, FiLM on the noise step, predicts clean motion; AdamW and EMA.',
      params: z.object({
        width: z.int().min(16).max(4096).default(128).describe('Width of a token'),
        layers: z.int().min(1).max(64).default(4).describe('Blocks'),
        heads: z.int().min(1).max(64).default(4).describe('Attention heads; divides the width'),
        reach: z
          .int()
          .min(1)
          .max(10_000)
          .default(16)
          .describe('Frames before and after that a frame attends to')
          .meta({ unit: 'frames' }),
        slowMotion: z
          .number()
          .nonnegative()
          .default(0.3)
          .describe(
            'Each clip is also learned with what is slower than this (deviation of a Gaussian mean) of up to eight other clips, since a voice hardly says it; 0: only as it is',
          )
          .meta({ unit: 's' }),
        velocityWeight: z
          .number()
          .nonnegative()
          .default(3)
          .describe('Weight of the loss on frame-to-frame differences'),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/transformer.ts'),
    },
  },
  defaultBackbone: 'transformer',
});

export const motionSamplingStage = defineStage({
  id: 'motion-sampling',
  version: 1,
  title: 'Motion diffusion, sampling',
  summary: 'Makes motion for a voice of any length.',
  inputs: {
    audio: { type: audio, summary: 'what is said' },
    model: { type: model('motion'), summary: 'the diffusion transformer' },
    space: { type: model('aligned-space'), summary: 'the space of x_t' },
  },
  params: z.object({
    fps: z.number().positive().default(25).describe('Frames a second').meta({ unit: '1/s' }),
    frames: z.int().min(0).default(0).describe('Frames to make; 0: as long as the voice').meta({ unit: 'frames' }),
  }),
  outputs: { motion: { type: motion, summary: 'x_t and where the particles go' } },
  backbones: {
    ddim: {
      version: 2,
      title: 'DDIM',
      summary: 'DDIM over windows that overlap and are averaged at every step.',
      params: z.object({
        steps: z.int().min(1).max(1000).default(30).describe('DDIM steps'),
        eta: z
          .number()
          .min(0)
          .max(1)
          .default(1)
          .describe('0: deterministic given the first noise; 1: as noisy as DDPM'),
        guidance: z
          .number()
          .min(0)
          .max(10)
          .default(1.15)
          .describe(
            'How much more the voice counts than it was learned to (classifier-free guidance, Ho and Salimans 2022); 1: as learned',
          ),
        globalVariance: z
          .boolean()
          .default(true)
          .describe(
            'Give each part the variance that it has in the clips (Toda and Tokuda 2007), by a factor of at most 1.4',
          ),
        overlap: z
          .int()
          .min(0)
          .max(1000)
          .default(40)
          .describe('Frames that neighbouring windows share')
          .meta({ unit: 'frames' }),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/ddim.ts'),
    },
  },
  defaultBackbone: 'ddim',
});
