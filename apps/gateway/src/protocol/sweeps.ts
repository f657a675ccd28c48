import { z } from 'zod';
import { expectationRowSchema } from '@soliloquy/graph';
import { digestSchema, runIdSchema, runStatusSchema } from '@soliloquy/runner/events';
import { nameSchema, referenceSchema } from './names.ts';
import { previewSchema } from './results.ts';

/** A figure at one element of its node, in each run; null where a run lacks it. */
export const figureSchema = z.object({
  metric: z.string(),
  element: expectationRowSchema.shape.element,
  values: z.array(z.number().nullable()),
  unit: z.string().optional(),
  better: z.enum(['higher', 'lower']).optional(),
  about: z.string().optional(),
});
/** Files of one output in each run; null where a run lacks it. `same`: equal digests. */
export const shownOutputSchema = z.object({
  name: z.string(),
  type: z.string(),
  as: previewSchema.shape.as,
  same: z.boolean(),
  runs: z.array(z.object({ digest: digestSchema, file: z.string(), summary: z.string() }).nullable()),
});

export const comparisonSchema = z.object({
  runs: z.tuple([runIdSchema, runIdSchema]),
  /** how the graphs and settings differ, in words */
  changes: z.array(z.string()),
  figures: z.array(figureSchema),
  outputs: z.array(shownOutputSchema),
  /** nodes whose results differ, and nodes whose results are the same */
  nodes: z.object({ differ: z.array(z.string()), same: z.array(z.string()) }),
});

export const sweepRequestSchema = z.strictObject({
  path: z.string().max(500),
  digest: digestSchema,
  size: nameSchema.optional(),
  seed: z.int().min(0).max(0xffffffff).optional(),
  inputs: z.record(nameSchema, z.string()).optional(),
  /**
   * "node.param", "node.backbone", "inputs.name" or "seed" -> values as text, of an input as in `inputs`; all
   * combinations are run
   */
  vary: z.record(z.union([referenceSchema, z.literal('seed')]), z.array(z.string()).min(1).max(50)),
});
/** Sweeps are named like runs. */
export const sweepIdSchema = runIdSchema;
export const sweepSchema = z.object({
  sweep: sweepIdSchema,
  graph: z.string(),
  startedAt: z.string(),
  vary: z.record(z.string(), z.array(z.string())),
  variants: z.array(
    z.object({
      run: runIdSchema,
      values: z.record(z.string(), z.string()),
      status: z.enum([...runStatusSchema.options, 'running', 'waiting', 'interrupted']),
      seconds: z.number().nullable(),
      /** that what it is made of took, whenever that was */
      secondsComputed: z.number().nullable(),
    }),
  ),
  /** one value for each variant, in their order */
  figures: z.array(figureSchema),
  outputs: z.array(shownOutputSchema),
});
export const sweepListSchema = z.object({
  sweeps: z.array(
    z.object({
      sweep: sweepIdSchema,
      graph: z.string(),
      startedAt: z.string(),
      vary: z.record(z.string(), z.array(z.string())),
      runs: z.int(),
    }),
  ),
});

export type Figure = z.infer<typeof figureSchema>;
export type ShownOutput = z.infer<typeof shownOutputSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type SweepRequest = z.infer<typeof sweepRequestSchema>;
export type Sweep = z.infer<typeof sweepSchema>;
export type SweepList = z.infer<typeof sweepListSchema>;
