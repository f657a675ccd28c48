import { z } from 'zod';
import { attributes, file, metrics } from '@soliloquy/ports';
import { defineStage } from '@soliloquy/stage';

/** Chooses what the subjects look like: count, dictionary -> attributes[subject] with their prompts. */
export const attributeSamplerStage = defineStage({
  id: 'attribute-sampler',
  version: 1,
  title: 'Attribute sampler',
  summary: 'Draws subjects from a dictionary of attributes, so that few subjects show every pair of values.',
  inputs: {
    dictionary: {
      type: file,
      summary:
        'JSON dictionary of attributes, their values and forbidden combinations; the embedded one where not connected',
      optional: true,
    },
  },
  params: z.strictObject({
    count: z.int().min(1).max(10_000).default(1).describe('How many subjects').meta({ unit: 'subjects' }),
    fixed: z
      .record(z.string(), z.string())
      .default({})
      .describe('Attributes that are not drawn, with their value, e.g. { "gender": "woman" }'),
  }),
  outputs: {
    attributes: {
      type: attributes,
      summary: 'what each subject looks like, and the sentence that says so',
      makes: 'subject',
    },
    metrics: { type: metrics, summary: 'coverage: share of pairs of values shown, balance of each attribute' },
  },
  backbones: {
    pairwise: {
      version: 1,
      title: 'Pairwise covering',
      summary: 'Greedy covering array with constraints and balanced values (AETG).',
      params: z.strictObject({}),
      load: (): Promise<object> => import('./backbones/pairwise.ts'),
    },
  },
  defaultBackbone: 'pairwise',
});
