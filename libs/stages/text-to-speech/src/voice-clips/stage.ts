import { z } from 'zod';
import { audio } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** Cuts a recording into clips to learn from: audio -> audio[clip]. */
export const voiceClipsStage = defineStage({
  id: 'voice-clips',
  version: 1,
  title: 'Voice clips',
  summary: 'Cuts a recording into clips of one length, where it is quiet.',
  inputs: { audio: { type: audio, summary: 'what is cut' } },
  params: z.strictObject({
    seconds: z
      .number()
      .min(0.3)
      .max(60)
      .default(5)
      .describe('Length of every clip; silence follows what was cut shorter, in a pause')
      .meta({ unit: 's' }),
    most: z
      .int()
      .min(1)
      .max(1000)
      .default(6)
      .describe('How many clips at most, from the beginning')
      .meta({ unit: 'clips' }),
  }),
  outputs: { audio: { type: audio, summary: 'of one length, mono', makes: 'clip' } },
  backbones: {
    pauses: {
      version: 1,
      title: 'Pauses',
      summary:
        'Cuts at the quietest moment of the last two fifths of each clip; a rest of less than half a clip is left.',
      params: z.strictObject({}),
      load: () => import('./backbones/pauses.ts'),
    },
  },
  defaultBackbone: 'pauses',
});
