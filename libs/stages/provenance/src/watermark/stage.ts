import { z } from 'zod';
import { video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

export const watermarkStage = defineStage({
  id: 'watermark',
  version: 1,
  title: 'Watermark',
  summary: 'Puts an invisible mark into every frame, by which a film is known again.',
  inputs: { video: { type: video, summary: 'the film' } },
  params: z.object({
    mark: z.boolean().default(true).describe('Whether it is marked; a film that leaves without one says so'),
  }),
  outputs: { video: { type: video, summary: 'the film with its mark' } },
  backbones: {
    'spread-spectrum': {
      version: 1,
      title: 'Spread spectrum',
      summary: '64 bits of the digest of all that made the film, over all of luma, as strong as it hides.',
      params: z.object({}),
      lacks: { video: ['matte'] },
      load: () => import('./backbones/spread-spectrum.ts'),
    },
  },
  defaultBackbone: 'spread-spectrum',
});
