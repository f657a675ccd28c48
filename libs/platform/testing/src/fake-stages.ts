import { z } from 'zod';
import { defineStage } from '@soliloquy/stage';
import { fakeModelPort, numberPort, readingsPort, wordsPort } from './fake-ports.ts';

/** Makes the axis `item`: start, start + 1, … */
export const numbersStage = defineStage({
  id: 'numbers',
  version: 1,
  title: 'Numbers',
  summary: 'Whole numbers in a row.',
  inputs: {},
  params: z.object({
    count: z.int().min(1).max(100).default(3).describe('How many.').meta({ unit: 'numbers' }),
    start: z.number().default(0).describe('The first.'),
  }),
  outputs: { value: { type: numberPort, summary: 'One of them.', makes: 'item' } },
  backbones: {
    range: {
      version: 1,
      title: 'Range',
      summary: 'Counts up.',
      params: z.object({}),
      load: () => import('./fake-backbones/range.ts'),
    },
  },
  defaultBackbone: 'range',
});

/**
 * One in, one out; version 2 of itself: version 1 said `times` for `factor`, `simple` for `product` and `value` for
 * `result`.
 */
export const scaleStage = defineStage({
  id: 'scale',
  version: 2,
  title: 'Scale',
  summary: 'Multiplies.',
  inputs: {
    value: { type: numberPort, summary: 'What is multiplied.' },
    bias: { type: numberPort, summary: 'Added afterwards.', optional: true },
    label: { type: wordsPort, summary: 'Said in the note.', optional: true },
  },
  params: z.object({
    factor: z.number().min(-1000).max(1000).default(2).describe('By how much.'),
    rounding: z.enum(['none', 'nearest']).default('none').describe('Of the result.'),
    name: z.string().default('x').describe('Said in the note.'),
  }),
  outputs: {
    result: { type: numberPort, summary: 'The product.' },
    note: { type: wordsPort, summary: 'What was done, in words.', optional: true },
    metrics: { type: readingsPort, summary: 'result, and size/abs: its absolute value.' },
  },
  backbones: {
    product: {
      version: 1,
      title: 'Product',
      summary: 'Exact.',
      params: z.object({}),
      load: () => import('./fake-backbones/product.ts'),
    },
    jitter: {
      version: 1,
      title: 'Jitter',
      summary: 'With seeded noise; says nothing.',
      params: z.object({ amount: z.number().min(0).default(0.1).describe('Standard deviation of the noise.') }),
      omits: ['note'],
      load: () => import('./fake-backbones/jitter.ts'),
    },
    labelled: {
      version: 1,
      title: 'Labelled',
      summary: 'Needs a label or a bias.',
      params: z.object({}),
      requires: [['label', 'bias']],
      load: () => import('./fake-backbones/product.ts'),
    },
  },
  defaultBackbone: 'product',
  measures: { metrics: { result: {}, 'size/abs': { text: 'absolute value' } } },
  migrations: [
    {
      from: 1,
      says: 'times is factor, simple is product, output value is result',
      migrate: ({ backbone, params: { times, ...params } }) => ({
        backbone: backbone === 'simple' ? 'product' : backbone,
        params: times === undefined ? params : { ...params, factor: times },
      }),
      renamedOutputs: { value: 'result' },
      renamedInputs: { number: 'value' },
    },
  ],
});

/** Gathers the axis `item`. */
export const sumStage = defineStage({
  id: 'sum',
  version: 1,
  title: 'Sum',
  summary: 'Adds up.',
  inputs: { values: { type: numberPort, summary: 'What is added up.', gathers: 'item' } },
  params: z.object({}),
  outputs: {
    total: { type: numberPort, summary: 'The sum.' },
    model: { type: fakeModelPort('sum'), summary: 'The sum, as a model.' },
    metrics: { type: readingsPort, summary: 'total, count.' },
  },
  backbones: {
    plain: {
      version: 1,
      title: 'Plain',
      summary: 'One after another.',
      params: z.object({}),
      load: () => import('./fake-backbones/plain.ts'),
    },
  },
  defaultBackbone: 'plain',
  measures: { metrics: { total: {}, count: {} } },
});

/** Misbehaves on demand. */
export const troubleStage = defineStage({
  id: 'trouble',
  version: 1,
  title: 'Trouble',
  summary: 'Passes a number on, or does what a broken stage does.',
  inputs: {
    value: { type: numberPort, summary: 'Passed on.' },
    model: { type: fakeModelPort('trouble'), summary: 'Not looked at.', optional: true },
  },
  params: z.object({
    kind: z
      .enum(['none', 'throw', 'refuse', 'exit', 'hang', 'spin'])
      .default('none')
      .describe(
        'throw: an unforeseen error; refuse: a StageError; exit: the process ends; hang: waits for the abort; ' +
          'spin: blocks the event loop.',
      ),
    milliseconds: z.int().min(0).default(0).describe('Waits this long first.').meta({ unit: 'ms' }),
  }),
  outputs: { value: { type: numberPort, summary: 'The same number.' } },
  backbones: {
    trouble: {
      version: 1,
      title: 'Trouble',
      summary: 'The only one.',
      params: z.object({}),
      load: () => import('./fake-backbones/trouble.ts'),
    },
  },
  defaultBackbone: 'trouble',
});

/** All of them, as a registry's module exports them. */
export const stages = [numbersStage, scaleStage, sumStage, troubleStage] as const;
