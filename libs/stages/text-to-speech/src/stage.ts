import { z } from 'zod';
import { audio, file, text, timings } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { STYLES } from './styles.ts';
import { VOICES } from './voices.ts';

/** Gives sentences to speak: style, count -> text[clip]. */
export const corpusStage = defineStage({
  id: 'corpus',
  version: 1,
  title: 'Corpus',
  summary: 'Sentences to speak, one for each clip, in a style.',
  inputs: {},
  params: z.strictObject({
    style: z
      .enum(STYLES)
      .default('conversation')
      .describe('Conversation is for training; the other four are for testing out of distribution'),
    count: z.int().min(1).max(10_000).default(6).describe('How many sentences').meta({ unit: 'clips' }),
    from: z
      .int()
      .min(0)
      .default(0)
      .describe(
        "How many of the style's sentences to pass over, so that a held-out set shares none with the training set",
      )
      .meta({ unit: 'clips' }),
  }),
  outputs: {
    text: { type: text, summary: 'one sentence for each clip', makes: 'clip' },
  },
  backbones: {
    sentences: {
      version: 1,
      title: 'Written sentences',
      summary: 'Sentences that come with Soliloquy, in their written order.',
      params: z.strictObject({}),
      load: () => import('./backbones/sentences.ts'),
    },
  },
  defaultBackbone: 'sentences',
});

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
      version: 1,
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
