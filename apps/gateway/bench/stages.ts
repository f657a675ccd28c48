import { z } from 'zod';
import { audio, file, image, landmarks, text, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** Takes one of everything that a person can give. */
export const takerStage = defineStage({
  id: 'taker',
  version: 1,
  title: 'Taker',
  summary: 'Takes whatever is given and says so.',
  inputs: {
    audio: { type: audio, summary: 'A voice.', optional: true },
    file: { type: file, summary: 'Anything.', optional: true },
    image: { type: image, summary: 'A picture.', optional: true },
    landmarks: { type: landmarks, summary: 'Points.', optional: true },
    text: { type: text, summary: 'Words.', optional: true },
    video: { type: video, summary: 'A film.', optional: true },
  },
  params: z.object({}),
  outputs: { text: { type: text, summary: 'What came.' } },
  backbones: {
    plain: {
      version: 1,
      title: 'Plain',
      summary: 'Says it.',
      params: z.object({ count: z.int().min(0).max(10).default(1).describe('How often.') }),
      load: () => import('./backbones/taker.ts'),
    },
  },
  defaultBackbone: 'plain',
});

export const stages = [takerStage];
