import { z } from 'zod';
import { audio, file, text, timings } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { VOICES } from './voices.ts';

/** Says a text, or takes a recording: text or file -> audio with phone timings. */
export const textToSpeechStage = defineStage({
  id: 'text-to-speech',
  version: 1,
  title: 'Text to speech',
  summary: 'Says a text, or takes a recorded voice, as 16 kHz mono.',
  inputs: {
    text: { type: text, summary: 'what is said', optional: true },
    file: { type: file, summary: 'a recording: WAV, MP3, M4A, OGG or FLAC, 0.3 s to 5 minutes', optional: true },
  },
  params: z.strictObject({
    padTo: z
      .number()
      .min(0)
      .max(300)
      .default(0)
      .describe('Fill up with silence to this length; 0 leaves the natural length, longer speech is never cut')
      .meta({ unit: 's' }),
  }),
  outputs: {
    audio: { type: audio, summary: '16 kHz mono' },
    timings: { type: timings, summary: 'when each phone is heard', optional: true },
  },
  backbones: {
    flite: {
      version: 1,
      title: 'CMU Flite',
      summary: 'Four small voices in WebAssembly, with phone timings.',
      params: z.strictObject({
        voice: z
          .enum(VOICES)
          .default('slt')
          .describe('slt: woman; rms: man; awb: man, Scottish; kal16: man, the oldest and plainest'),
        pace: z
          .number()
          .min(0.5)
          .max(2)
          .default(1)
          .describe("How fast it speaks; 1 is the voice's own")
          .meta({ unit: 'x' }),
      }),
      requires: ['text'],
      load: () => import('./backbones/flite.ts'),
    },
    recording: {
      version: 2,
      title: 'Recording',
      summary: 'A recorded voice as it is, resampled; pauses at its ends are kept.',
      params: z.strictObject({}),
      requires: ['file'],
      omits: ['timings'],
      load: () => import('./backbones/recording.ts'),
    },
  },
  defaultBackbone: 'flite',
});
