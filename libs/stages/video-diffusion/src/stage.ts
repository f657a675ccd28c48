import { z } from 'zod';
import { FILM_MOST } from '@soliloquy/media';
import { audio, image, landmarks, text, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** A picture and a voice become a film of the person saying it. */
export const videoDiffusionStage = defineStage({
  id: 'video-diffusion',
  version: 1,
  title: 'Talking video',
  summary:
    'A film of the person in the picture speaking with the voice: the teacher that the avatar learns to move from.',
  inputs: {
    image: { type: image, summary: 'The person; alpha is the matte.' },
    landmarks: { type: landmarks, summary: 'Where face, joints and hands are in the picture.' },
    background: { type: image, summary: 'What is behind the person; it stays still.' },
    audio: { type: audio, summary: 'What the person says.' },
    prompt: { type: text, summary: 'How the person behaves; for backbones that read.', optional: true },
  },
  params: z.strictObject({
    fps: z
      .number()
      .min(1)
      .max(FILM_MOST.fps)
      .default(25)
      .describe('Frames a second of the film.')
      .meta({ unit: 'frames/s' }),
    frames: z
      .int()
      .min(0)
      .max(FILM_MOST.frames)
      .default(125)
      .describe('Length of the film; 0 makes it as long as the voice.')
      .meta({ unit: 'frames' }),
    area: z
      .int()
      .min(1024)
      .max(16_777_216)
      .default(393_216)
      .describe('Pixels of a frame; the film keeps the aspect of the picture, with even sides.')
      .meta({ unit: 'pixels' }),
  }),
  outputs: {
    video: { type: video, summary: 'The film, with the matte of the person and the voice.' },
  },
  defaultBackbone: 'puppet',
  backbones: {
    puppet: {
      version: 3,
      title: 'Puppet (procedural, no diffusion model)',
      summary:
        'Warps the picture by the voice: jaw, lips and mouth interior, blinks, gaze, head, trunk and hands on ' +
        'stressed syllables. It is a procedure, not a diffusion model: nothing is downloaded; of a prompt it reads ' +
        '"calm", "lively" and "hands still".',
      params: z.strictObject({
        expressiveness: z
          .number()
          .min(0)
          .max(2)
          .default(1)
          .describe('How far head, brows, body and hands move; the mouth always follows the voice.'),
      }),
      threads: 1,
      load: () => import('./backbones/puppet.ts'),
    },
  },
});
