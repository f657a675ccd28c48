import { z } from 'zod';
import { flowClip } from '@soliloquy/latent-flow/clip-port';
import { image, landmarks, tracks, video } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** Reads what a film of somebody talking teaches: video, tracks and the picture they are of -> flow-clip. */
export const flowReadingStage = defineStage({
  id: 'flow-reading',
  version: 1,
  title: 'Flow of a film',
  summary: 'Reads how the points of a film move, how lids and mouth look, and what is heard: what latent flow learns.',
  inputs: {
    video: { type: video, summary: 'A film of one person who talks, with its sound.', needs: ['audio'] },
    tracks: { type: tracks, summary: 'Its points, by the backbone `points` of tracking.' },
    image: { type: image, summary: 'The picture that the points were followed from.' },
    landmarks: { type: landmarks, summary: 'Points of that picture.' },
  },
  params: z.strictObject({
    fps: z
      .number()
      .min(1)
      .max(120)
      .default(25)
      .describe('Rate that every film must have; a film of another teaches another speed')
      .meta({ unit: 'frames/s' }),
    looks: z
      .int()
      .min(0)
      .max(100)
      .default(2)
      .describe('Frames in which other people are looked for; 0 where it is known that there are none')
      .meta({ unit: 'frames' }),
  }),
  outputs: { flow: { type: flowClip, summary: 'motion of points, appearance, voice and person of the film' } },
  backbones: {
    tracks: {
      version: 1,
      title: 'Tracks',
      summary: 'Tokens of tracked points, linear read-outs of lids and mouth, the code of the phone encoder.',
      params: z.strictObject({}),
      load: () => import('./backbones/tracks.ts'),
    },
  },
  defaultBackbone: 'tracks',
});
