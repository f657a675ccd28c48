import { z } from 'zod';
import { text } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';
import { STYLES } from './styles.ts';

/** Gives sentences to speak: style, count -> text[clip], or along the axis that it is told. */
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
      .max(1_000_000)
      .default(0)
      .describe(
        "How many of the style's sentences to pass over, so that a held-out set shares none with the training set",
      )
      .meta({ unit: 'clips' }),
    axis: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/, { error: 'a name of lower-case letters, digits and - that begins with a letter' })
      .default('clip')
      .describe('What the sentences lie along: two corpora of one axis are matched, of two axes they multiply'),
  }),
  outputs: {
    text: { type: text, summary: 'one sentence for each clip', makes: { param: 'axis' } },
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
