import { z } from 'zod';
import { attributes, metrics, report } from '@soliloquy/ports';
import { defineStage, type MetricFigures } from '@soliloquy/stage';

/** What people are grouped by: attributes of the sampler that may decide for whom a method fails. */
export const GROUPINGS = ['gender', 'age', 'bodyType', 'hairstyle', 'clothing', 'skinTone'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const figures = Object.fromEntries(
  GROUPINGS.flatMap((by) => [
    [`/${by}/gap`, { text: `largest difference between means of groups by ${by}`, of: 'metrics' }],
    [`/${by}/p`, { text: `how often dealing at random gives groups by ${by} that differ as much`, of: 'metrics' }],
    [`/${by}/q`, { text: 'p adjusted for all tests of this table (Benjamini and Hochberg)', of: 'metrics' }],
  ]),
) satisfies MetricFigures;

export const disaggregatedEvaluationStage = defineStage({
  id: 'disaggregated-evaluation',
  version: 1,
  title: 'Disaggregated evaluation',
  summary: 'For whom a method fails: every figure by group of people, with counts, intervals, gaps and tests.',
  inputs: {
    metrics: { type: metrics, summary: 'figures of each person', gathers: 'subject' },
    attributes: { type: attributes, summary: 'what each person looks like', gathers: 'subject' },
  },
  params: z.object({
    by: z
      .array(z.enum(GROUPINGS))
      .min(1)
      .default([...GROUPINGS])
      .describe('Attributes that people are grouped by'),
    figures: z.array(z.string().min(1)).default([]).describe('Figures that are looked at; all where none is named'),
    level: z.number().min(0.5).max(0.9999).default(0.95).describe('Confidence of the intervals'),
    draws: z
      .int()
      .min(99)
      .max(1_000_000)
      .default(9999)
      .describe('Ways to deal the people to the groups in each test; p is never below 1 / (1 + draws)'),
  }),
  outputs: {
    metrics: { type: metrics, summary: 'by figure and attribute: the largest gap, p and q' },
    report: { type: report, summary: 'a page: each figure by group, drawn and as a table' },
  },
  backbones: {
    groups: {
      version: 1,
      title: 'Groups',
      summary:
        'Means with intervals by group (Student); permutation tests of F; Benjamini and Hochberg over all tests.',
      params: z.object({}),
      load: () => import('./backbones/groups.ts'),
    },
  },
  defaultBackbone: 'groups',
  measures: { metrics: { people: { text: 'people that were looked at' }, ...figures } },
});
