import { z } from 'zod';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { deformation, gaussians, motion } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const motionDecodeStage = defineStage({
  id: 'motion-decode',
  version: 1,
  title: 'Motion decode',
  summary: 'Particle motion becomes a deformation of every Gaussian.',
  inputs: {
    motion: { type: motion, summary: 'x_t' },
    model: { type: alignedSpace, summary: 'the space that x_t lives in' },
    gaussians: { type: gaussians, summary: 'the person at rest' },
  },
  params: z.object({}),
  outputs: { deformation: { type: deformation, summary: 'ΔG_t' } },
  backbones: {
    particles: {
      version: 3,
      title: 'Particles',
      summary: 'The decoder moves the particles, and they carry the Gaussians.',
      params: z.object({}),
      load: () => import('./backbones/particles.ts'),
    },
  },
  defaultBackbone: 'particles',
});
