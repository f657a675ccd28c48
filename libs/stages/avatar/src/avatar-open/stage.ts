import { z } from 'zod';
import { avatar } from '@soliloquy/avatar-file/port';
import { alignedSpace } from '@soliloquy/gaussian-codec/port';
import { motionModel } from '@soliloquy/motion-transformer/port';
import { gaussians, image } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const avatarOpenStage = defineStage({
  id: 'avatar-open',
  version: 1,
  title: 'Avatar, open',
  summary: 'What a .avatar holds, for the stages that sample and draw.',
  inputs: { avatar: { type: avatar, summary: 'the person as a .avatar' } },
  params: z.object({}),
  outputs: {
    gaussians: { type: gaussians, summary: 'the person at rest' },
    background: { type: image, summary: 'what is behind the person' },
    space: { type: alignedSpace, summary: 'the space of x_t' },
    model: { type: motionModel, summary: 'the diffusion transformer' },
  },
  backbones: {
    archive: {
      version: 1,
      title: 'Archive',
      summary: 'Takes the file apart.',
      params: z.object({}),
      load: () => import('./backbones/archive.ts'),
    },
  },
  defaultBackbone: 'archive',
});
