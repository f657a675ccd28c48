import { z } from 'zod';
import { audio, metrics, timings } from '@soliloquy/ports';
import { phoneEncoder } from '@soliloquy/speech-features/port';
import { defineStage } from '@soliloquy/stage';
import { PHONE_TRAINING_FIGURES } from './figures.ts';

/** Learns to name the phone that is heard: audio and timings gathered over clip -> model<phone-encoder>. */
export const phoneEncoderTrainingStage = defineStage({
  id: 'phone-encoder-training',
  version: 1,
  title: 'Phone encoder, training',
  summary: 'Learns to tell what phone is said from speech whose phones are timed.',
  inputs: {
    audio: { type: audio, summary: 'speech', gathers: 'clip' },
    timings: { type: timings, summary: 'when each phone of it is heard', gathers: 'clip' },
  },
  params: z.object({
    steps: z.int().min(1).max(1_000_000).default(1500).describe('Training steps'),
    batch: z.int().min(1).max(1024).default(48).describe('Sequences in a batch'),
    moments: z
      .int()
      .min(2)
      .max(10_000)
      .default(40)
      .describe('Moments of a sequence at which the phone is asked for')
      .meta({ unit: '40 ms' }),
    learningRate: z
      .number()
      .positive()
      .max(1)
      .default(0.002)
      .describe('Peak learning rate of AdamW; warm-up and cosine'),
    lookAhead: z
      .int()
      .min(0)
      .max(1000)
      .multipleOf(10)
      .default(80)
      .describe('How much sound after a moment it hears before it tells of that moment')
      .meta({ unit: 'ms' }),
  }),
  outputs: {
    model: { type: phoneEncoder, summary: 'the encoder' },
    metrics: { type: metrics, summary: 'training loss and accuracy' },
  },
  backbones: {
    'time-delay': {
      version: 1,
      title: 'Time-delay network',
      summary: 'Residual perceptrons over log-mel hops and hops before them; AdamW and EMA.',
      params: z.object({
        width: z.int().min(8).max(1024).default(128).describe('Width of a hop'),
        code: z.int().min(2).max(512).default(64).describe('Numbers that a hop is told in before phones are named'),
        blocks: z
          .int()
          .min(1)
          .max(12)
          .default(5)
          .describe('Blocks; the taps of the first three lie 40 ms apart, of the others 80 ms'),
      }),
      threads: 'all',
      threadsMatter: true,
      load: () => import('./backbones/time-delay.ts'),
    },
  },
  defaultBackbone: 'time-delay',
  measures: { metrics: PHONE_TRAINING_FIGURES },
});
