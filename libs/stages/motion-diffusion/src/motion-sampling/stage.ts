import { z } from 'zod';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { FILM_MOST } from '@soliloquy/media';
import { motionModel } from '@soliloquy/motion-transformer/port';
import { audio, motion } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const motionSamplingStage = defineStage({
  id: 'motion-sampling',
  version: 2,
  title: 'Motion diffusion, sampling',
  summary: 'Makes motion for a voice of any length.',
  inputs: {
    audio: { type: audio, summary: 'what is said' },
    model: { type: motionModel, summary: 'the diffusion transformer' },
    space: { type: alignedSpace, summary: 'the space of x_t' },
  },
  params: z.object({
    fps: z.number().positive().max(FILM_MOST.fps).default(25).describe('Frames a second').meta({ unit: '1/s' }),
    frames: z
      .int()
      .min(0)
      .max(FILM_MOST.frames)
      .default(0)
      .describe('Frames to make; 0: as long as the voice')
      .meta({ unit: 'frames' }),
  }),
  outputs: { motion: { type: motion, summary: 'x_t and where the particles go' } },
  backbones: {
    ddim: {
      version: 4,
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
            'How much more the voice counts than it was learned to (classifier-free guidance, Ho and Salimans ' +
              '2022); 1: as learned',
          ),
        globalVariance: z
          .boolean()
          .default(true)
          .describe(
            'Give each part the variance that it has in the clips (Toda and Tokuda 2007), by a factor of at most 1.4',
          ),
        blinks: z
          .boolean()
          .default(true)
          .describe('Blink as often as the clips do, each time as in one of them; when is drawn, no voice says it'),
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
    causal: {
      version: 2,
      title: 'Causal',
      summary:
        'As a live avatar hears it: the voice comes in pieces, and motion is fixed piece by piece with a bounded ' +
        'look-ahead.',
      params: z.object({
        lookAhead: z
          .number()
          .min(40)
          .max(2000)
          .default(120)
          .describe('Sound that is heard behind the middle of a frame before the frame is fixed')
          .meta({ unit: 'ms' }),
        piece: z.int().min(1).max(250).default(5).describe('Frames that are fixed at a time').meta({ unit: 'frames' }),
        steps: z.int().min(1).max(1000).default(4).describe('DDIM steps of a piece'),
        held: z
          .int()
          .min(0)
          .max(1000)
          .default(3)
          .describe('Steps of these, the last ones, at which what is fixed is held'),
        eta: z
          .number()
          .min(0)
          .max(1)
          .default(1)
          .describe('0: deterministic given the noise of each frame; 1: as noisy as DDPM'),
        guidance: z
          .number()
          .min(0)
          .max(10)
          .default(1)
          .describe('How much more the voice counts than it was learned to; 1: as learned, and half the work'),
        blinks: z.boolean().default(true).describe('Blink as often as the clips do, each time as in one of them'),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/causal.ts'),
    },
  },
  defaultBackbone: 'ddim',
  migrations: [
    {
      from: 1,
      says: 'it hears as its space does: by mel levels, if the space was one of @1',
      migrate: (node) => node,
    },
  ],
});
