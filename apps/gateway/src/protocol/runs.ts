import { z } from 'zod';
import { digestSchema, runEventSchema, runIdSchema, runStatusSchema } from '@soliloquy/runner/events';
import { runLabelSchema } from '@soliloquy/runner/label';
import { nameSchema, referenceSchema } from './names.ts';
import { graphErrorSchema } from './refusal.ts';

/** What of the graph: all of it; a node with all that it needs; or a node and all that depends on it, executed anew. */
export const targetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('to'), node: nameSchema }),
  z.strictObject({ kind: z.literal('from'), node: nameSchema }),
]);

const settings = {
  size: nameSchema.optional(),
  seed: z.int().min(0).max(0xffffffff).optional(),
  /** as `--set`: "node.param" -> JSON text */
  set: z.record(referenceSchema, z.string()).optional(),
  /** by input: the text itself, or a path relative to the graph's folder; below the project folder only */
  inputs: z.record(nameSchema, z.string()).optional(),
  target: targetSchema.default({ kind: 'all' }),
};

export const planRequestSchema = z.strictObject({
  path: z.string().max(500),
  /** the document where it is not saved yet; else the file */
  text: z.string().optional(),
  ...settings,
});

export const nodePlanSchema = z.object({
  node: z.string(),
  stage: z.string(),
  backbone: z.string(),
  /** null while the node that makes an axis of it has not run */
  elements: z.int().nullable(),
  /** elements whose result is there, with the key to ask for it */
  cached: z.array(z.object({ element: z.string(), key: digestSchema })),
  stale: z.array(z.object({ element: z.string(), reasons: z.array(z.string()) })),
  waiting: z.int(),
  waitsFor: z.array(z.string()),
  /** seconds that its elements took when they last ran here, added up; null when unknown */
  secondsBefore: z.number().nullable(),
});
/**
 * What would run. What is faulty, and all that needs it, is not among `nodes`; `errors` say why. `notes` say what mute
 * and bypass leave out.
 */
export const planSchema = z.object({
  nodes: z.array(nodePlanSchema),
  notes: z.array(z.string()),
  errors: z.array(graphErrorSchema),
});

export const runRequestSchema = z.strictObject({
  path: z.string().max(500),
  /** of the saved file: what runs is what is on disk, or nothing (409) */
  digest: digestSchema,
  ...settings,
  keepGoing: z.boolean().default(false),
  /** continue this run, which was interrupted or cancelled */
  resume: z.boolean().default(false),
});

export const queueEntrySchema = z.object({
  run: runIdSchema,
  path: z.string(),
  graph: z.string(),
  target: targetSchema,
  size: z.string(),
  sweep: z.string().optional(),
  /** what was varied, in words, e.g. `fit.steps=200` */
  variant: z.string().optional(),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('waiting') }),
    /** an earlier gateway ended before it did: somebody has to let it go on, or cancel it */
    z.object({ kind: z.literal('held') }),
    z.object({ kind: z.literal('running'), startedAt: z.string() }),
    z.object({ kind: z.literal('stopping'), startedAt: z.string() }),
    z.object({ kind: z.literal('ended'), status: runStatusSchema, message: z.string().optional() }),
  ]),
});
/**
 * Running, waiting and held ones in order, then what ended since the gateway started, the latest first (50 at most).
 */
export const queueSchema = z.object({ entries: z.array(queueEntrySchema) });

/** A run by itself. `interrupted`: its process died; `resume` continues it. */
const runSchema = z.object({
  run: runIdSchema,
  graph: z.string(),
  status: z.enum([...runStatusSchema.options, 'running', 'interrupted']),
  size: z.string(),
  seed: z.int(),
  startedAt: z.string(),
  seconds: z.number().nullable(),
  executed: z.int().nullable(),
  cached: z.int().nullable(),
  expectations: z.object({ held: z.int(), of: z.int() }).nullable(),
});
/** A run as one of several: what a person says of it, and what tells it from the others. */
const listedRunSchema = runSchema.extend({
  ...runLabelSchema.shape,
  /** whether the other runs of its graph are compared with it */
  baseline: z.boolean(),
  /** whether it was of the whole graph, and made all of it */
  complete: z.boolean(),
  /** that what it is made of took to compute, whenever that was; null without a record */
  secondsComputed: z.number().nullable(),
  /** how it differs in words from the baseline, or, where there is none, from the run before it; null without one */
  differs: z.object({ from: runIdSchema, changes: z.array(z.string()) }).nullable(),
  /** of its nodes */
  backbones: z.record(z.string(), z.string()),
  /** mean over the elements of its node, by metric */
  figures: z.record(z.string(), z.number()),
  /** its first film, else its first picture */
  look: z.object({ digest: digestSchema, file: z.string() }).nullable(),
});
/** The latest first. */
export const runListSchema = z.object({
  runs: z.array(listedRunSchema),
  /** that any of them has, in the order in which they come */
  metrics: z.array(
    z.object({ metric: z.string(), unit: z.string().optional(), better: z.enum(['higher', 'lower']).optional() }),
  ),
});
/** What of a run's label changes; an empty text takes it away. */
export const labelRequestSchema = runLabelSchema.extend({ baseline: z.boolean().optional() }).strict();

/**
 * One event of a run on its way to the page. `seq` counts up over all runs of this start of the gateway; 0 in
 * `history`.
 */
export const runMessageSchema = z.object({
  type: z.literal('run'),
  seq: z.int(),
  run: runIdSchema,
  at: z.string(),
  event: runEventSchema,
});

export type Target = z.infer<typeof targetSchema>;
export type PlanRequest = z.input<typeof planRequestSchema>;
export type Plan = z.infer<typeof planSchema>;
export type WireNodePlan = z.infer<typeof nodePlanSchema>;
export type RunRequest = z.input<typeof runRequestSchema>;
export type QueueEntry = z.infer<typeof queueEntrySchema>;
export type Queue = z.infer<typeof queueSchema>;
export type RunAlone = z.infer<typeof runSchema>;
export type RunList = z.infer<typeof runListSchema>;
export type ListedRun = RunList['runs'][number];
export type LabelRequest = z.infer<typeof labelRequestSchema>;
export type RunMessage = z.infer<typeof runMessageSchema>;
