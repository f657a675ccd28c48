import { z } from 'zod';
import { audio, timings } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { TRAINING_VOICES } from '../text-to-speech/voices.ts';

/** Makes speech to learn phones from: voice, count -> audio[clip], timings[clip]. */
export const phoneCorpusStage = defineStage({
  id: 'phone-corpus',
  version: 1,
  title: 'Phone corpus',
  summary: 'Speech of many speakers and recordings with the exact times of its phones.',
  inputs: {},
  params: z.strictObject({
    voice: z
      .enum(TRAINING_VOICES)
      .default('slt')
      .describe('The voice that speakers are made from; awb is held out of every training'),
    count: z.int().min(1).max(10_000).default(300).describe('How many clips, a sentence each').meta({ unit: 'clips' }),
    recordings: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe('Share of clips that go through a room, a line, noise or a codec; the others stay clean'),
  }),
  outputs: {
    audio: { type: audio, summary: '16 kHz mono', makes: 'clip' },
    timings: { type: timings, summary: 'when each phone is heard', makes: 'clip' },
  },
  backbones: {
    flite: {
      version: 1,
      title: 'CMU Flite',
      summary: 'Flite says sentences made from words; vocal tract, pitch, pace and recording differ from clip to clip.',
      params: z.strictObject({}),
      load: () => import('./backbones/flite.ts'),
    },
  },
  defaultBackbone: 'flite',
});
