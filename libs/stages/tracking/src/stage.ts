import { z } from 'zod';
import { image, landmarks, tracks, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** How points over time are calmed. */
export const SMOOTHINGS = ['none', 'one-euro'] as const;

/** What tells a point tracker where limbs may be. */
export const GUESSES = ['networks', 'none'] as const;

/** Where the points of a person are in every frame of a film. */
export const trackingStage = defineStage({
  id: 'tracking',
  version: 1,
  title: 'Tracking',
  summary: 'Follows the person of a film: body, face and hands of every frame, each point with how sure it is',
  inputs: {
    video: { type: video, summary: 'the film' },
    image: { type: image, optional: true, summary: 'the picture that points are followed from; alpha is the matte' },
    landmarks: { type: landmarks, optional: true, summary: 'points of that picture' },
    background: { type: image, optional: true, summary: 'what is behind the person in the film' },
  },
  params: z.strictObject({}),
  outputs: { tracks: { type: tracks, summary: 'points of body, face and hands over the frames' } },
  backbones: {
    networks: {
      version: 2,
      title: 'Whole-body networks',
      summary:
        "MediaPipe's networks for body (33), face (478) and hands (2 x 21), each in the region of the frame before",
      params: z.strictObject({
        hands: z.boolean().default(true).describe('Whether hands are tracked; without them it takes half the time'),
        smoothing: z
          .enum(SMOOTHINGS)
          .default('none')
          .describe('How points are calmed; one-euro is a low pass whose cutoff rises with the speed, without a lag'),
        cutoff: z
          .number()
          .positive()
          .max(100)
          .default(1.5)
          .describe('one-euro: cutoff of a point at rest; lower is calmer')
          .meta({ unit: 'Hz' }),
        slope: z
          .number()
          .min(0)
          .max(1000)
          .default(40)
          .describe('one-euro: how much the cutoff rises with the speed, per distance of the eyes a second')
          .meta({ unit: 'Hz' }),
      }),
      threads: 'all',
      load: () => import('./backbones/networks.ts'),
    },
    points: {
      version: 1,
      title: 'Point tracker',
      summary:
        'Follows 93 points of a picture of the person to a fraction of a pixel: pieces by affine registration, ' +
        'points by Lucas-Kanade tied to their neighbours; limbs begin where the whole-body networks see them',
      params: z.strictObject({
        guesses: z
          .enum(GUESSES)
          .default('networks')
          .describe('What limbs are looked for by; none takes half the time, and loses a hand that jumps'),
      }),
      requires: ['image', 'landmarks'],
      threads: 'all',
      load: () => import('./backbones/points.ts'),
    },
  },
  defaultBackbone: 'networks',
});
