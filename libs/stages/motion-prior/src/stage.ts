import { z } from 'zod';
import { FLOW_SAMPLING_PARAMS } from '@soliloquy/latent-flow/params';
import { latentFlowInput } from '@soliloquy/latent-flow/port';
import { FILM_MOST } from '@soliloquy/media';
import { audio, deformation, gaussians, image, landmarks } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const motionPriorStage = defineStage({
  id: 'motion-prior',
  version: 1,
  title: 'Motion prior',
  summary:
    'Moves the Gaussians of a person of whom nothing was learned, as a model that learned from films of others says.',
  inputs: {
    audio: { type: audio, summary: 'what is said' },
    image: { type: image, summary: 'the person; alpha is the matte' },
    landmarks: { type: landmarks, summary: 'where face, joints and hands are in the picture' },
    gaussians: { type: gaussians, summary: 'the person at rest' },
    model: latentFlowInput,
  },
  params: z.strictObject({
    fps: z.number().min(1).max(FILM_MOST.fps).default(25).describe('Frames a second').meta({ unit: 'frames/s' }),
    frames: z
      .int()
      .min(0)
      .max(FILM_MOST.frames)
      .default(0)
      .describe('Frames to make; 0: as long as the voice')
      .meta({ unit: 'frames' }),
  }),
  outputs: { deformation: { type: deformation, summary: 'ΔG_t for the voice' } },
  defaultBackbone: 'latent-flow',
  backbones: {
    'latent-flow': {
      version: 1,
      title: 'Latent flow (small diffusion model)',
      summary:
        'Samples how 93 points and the lids of anybody move with the voice, by a diffusion transformer that was ' +
        "learned from films of others, and carries the person's particles by those points.",
      params: z.strictObject({
        ...FLOW_SAMPLING_PARAMS,
        opening: z
          .number()
          .min(0)
          .max(4)
          .default(2)
          .describe(
            'How far the mouth opens, of what the model says: people of its corpus open it half as far as speakers do',
          ),
        area: z
          .int()
          .min(1024)
          .max(16_777_216)
          .default(98_304)
          .describe('Pixels of the picture in which points lie and arms are taken apart')
          .meta({ unit: 'pixels' }),
        particles: z
          .int()
          .min(24)
          .max(4000)
          .default(248)
          .describe('Particles for a whole body')
          .meta({ unit: 'particles' }),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/latent-flow.ts'),
    },
  },
});
