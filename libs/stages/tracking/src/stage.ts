import { z } from 'zod';
import { tracks, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** How points over time are calmed. */
export const SMOOTHINGS = ['none', 'one-euro'] as const;

/** Where the points of a person are in every frame of a film. */
export const trackingStage = defineStage({
  id: 'tracking',
  version: 1,
  title: 'Tracking',
  summary: 'Follows the person of a film: body, face and hands of every frame, each point with how sure it is',
  inputs: { video: { type: video, summary: 'the film' } },
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
  },
  defaultBackbone: 'networks',
});
