import { z } from 'zod';
import { avatar } from '@soliloquy/avatar-file/port';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { motionModel } from '@soliloquy/motion-transformer/port';
import { gaussians, image } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const avatarExportStage = defineStage({
  id: 'avatar-export',
  version: 1,
  title: 'Avatar, export',
  summary: 'A person and what was learned of how it talks, as one file.',
  inputs: {
    gaussians: { type: gaussians, summary: 'the person at rest' },
    background: { type: image, summary: 'what is behind the person' },
    space: { type: alignedSpace, summary: 'the space of x_t' },
    model: { type: motionModel, summary: 'the diffusion transformer' },
  },
  params: z.object({
    name: z.string().min(1).max(200).default('Avatar').describe('What it is called'),
    licence: z
      .string()
      .min(1)
      .max(4000)
      .default('Not stated. Show a person only where they agreed to it.')
      .describe('Who may use it, and for what, in words'),
    consent: z.string().max(4000).default('').describe('Who agreed to be shown, and to what; empty: nobody said'),
    fps: z.number().positive().max(1000).default(25).describe('Frames a second of its motion').meta({ unit: '1/s' }),
    area: z
      .int()
      .min(4096)
      .max(8_388_608)
      .default(393_216)
      .describe("Pixels of the background; its aspect is the camera's")
      .meta({ unit: 'pixels' }),
  }),
  outputs: { avatar: { type: avatar, summary: 'the person as a .avatar' } },
  backbones: {
    archive: {
      version: 1,
      title: 'Archive',
      summary: 'Gaussians as .spz, networks as ONNX, in an uncompressed ZIP with digests.',
      params: z.object({}),
      load: () => import('./backbones/archive.ts'),
    },
  },
  defaultBackbone: 'archive',
});
