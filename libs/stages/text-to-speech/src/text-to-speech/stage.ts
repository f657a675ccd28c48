import { z } from 'zod';
import { audio, file, text, timings } from '@soliloquy/ports';
import { defineStage, type Need } from '@soliloquy/stage';
import { speechCommand } from './speech-command.ts';
import { SPEAKERS } from './voices.ts';

/** Params of voices that are networks. */
const spoken = {
  phonemes: z
    .enum(['espeak', 'given'])
    .default('espeak')
    .describe('Who tells how words are said: the program eSpeak NG, or the text itself, which is IPA then'),
  pace: z.number().min(0.5).max(2).default(1).describe("How fast it speaks; 1 is the voice's own").meta({ unit: 'x' }),
};

const neuralNeeds = (what: string): Need[] => [
  {
    kind: 'model',
    what,
    param: 'model',
    remedy: 'name a folder of one under models in your own configuration',
  },
  {
    kind: 'command',
    what: 'eSpeak NG',
    command: 'espeak-ng',
    remedy: 'install it (it is under the GPL, so it is not brought along), e.g. apt-get install espeak-ng',
  },
];

/** Says a text, or takes a recording: text or file -> audio with phone timings. */
export const textToSpeechStage = defineStage({
  id: 'text-to-speech',
  version: 1,
  title: 'Text to speech',
  summary: 'Says a text, or takes a recorded voice, as 16 kHz mono.',
  inputs: {
    text: { type: text, summary: 'what is said', optional: true },
    like: { type: audio, summary: 'a recording whose speaker a voice is to resemble', optional: true },
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
          .enum(SPEAKERS)
          .default('slt')
          .describe(
            'slt: woman; rms: man; awb: man, Scottish; kal16: man, the oldest and plainest; several: ' +
              'speakers about slt, rms and kal16, another for every text; like: speakers about the recording at the ' +
              'input `like`, another for every text',
          ),
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
    piper: {
      version: 1,
      title: 'Piper',
      summary: 'A voice of Piper (VITS), an ONNX file of this machine with its configuration.',
      params: z.strictObject({
        model: z.string().default('piper-en-gb-vctk-medium').describe('Name of the voice on this machine'),
        speaker: z.string().max(100).default('').describe('Name or number of a speaker; empty takes the first'),
        ...spoken,
        variation: z
          .number()
          .min(0)
          .max(2)
          .default(1)
          .describe("How much sound and rhythm vary; 1 is the voice's own, 0 nothing is drawn")
          .meta({ unit: 'x' }),
      }),
      needs: neuralNeeds('a voice of Piper'),
      requires: ['text'],
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/piper.ts'),
    },
    kokoro: {
      version: 1,
      title: 'Kokoro',
      summary: 'Voices of Kokoro (StyleTTS 2), an ONNX folder of this machine.',
      params: z.strictObject({
        model: z.string().default('kokoro').describe('Name of the model on this machine'),
        voice: z.string().max(60).default('af_heart').describe('Voice; its first letter is its language'),
        ...spoken,
      }),
      needs: neuralNeeds('Kokoro with its voices'),
      requires: ['text'],
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/kokoro.ts'),
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
    command: {
      version: 1,
      title: 'A program of your own',
      summary:
        'Runs the program `run` of checkouts.speech-command with text, seed and, for voice cloning, the recording at ' +
        'the input `like`.',
      params: z.strictObject({}),
      requires: ['text'],
      omits: ['timings'],
      ...speechCommand.backbone,
      load: () => import('./backbones/command.ts'),
    },
  },
  defaultBackbone: 'flite',
});
