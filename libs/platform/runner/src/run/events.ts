import { z } from 'zod';
import { faultPartsSchema } from '@soliloquy/fault/schema';
import { expectationRowSchema, licenceBehindSchema } from '@soliloquy/graph';
import type { ProgressReport } from '@soliloquy/stage';
import { PICTURE_ADDRESS } from './progress-picture.ts';

/*
 * What is heard of a run. Stated as schemas alone, without Node, so that the page reads the same as terminals, journals
 * and the cluster.
 */

/** SHA-256 as hex: of an artifact, or the key of a task. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);
/** As `newRunId` makes them: `20261122-153005-1f3a`. */
export const runIdSchema = z.string().regex(/^\d{8}-\d{6}-[0-9a-f]{4,8}$/);

/** How a run ended. `unmet`: everything ran, but an expectation of the graph does not hold. */
export const runStatusSchema = z.enum(['done', 'failed', 'unmet', 'cancelled']);
export type RunStatus = z.infer<typeof runStatusSchema>;

const strings = z.array(z.string()).readonly();
/** Which task: its node, and its element, e.g. `fit[3]`. */
const task = { node: z.string(), element: z.string() };

/** How far a task is: what its stage said by `progress`. */
export const progressReportSchema = z.object({
  done: z.number().min(0),
  total: z.number().min(0),
  note: z.string().optional(),
  picture: z.string().regex(PICTURE_ADDRESS).optional(),
}) satisfies z.ZodType<ProgressReport>;

/** One event of a run: what terminals, pipes, journals and pages show, in order. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run-started'),
    run: runIdSchema,
    graph: z.string(),
    size: z.string(),
    seed: z.int(),
    nodes: strings,
    resumed: z.boolean(),
  }),
  z.object({ type: z.literal('node-expanded'), node: z.string(), elements: z.int() }),
  z.object({ type: z.literal('task-cached'), ...task, key: digestSchema }),
  z.object({ type: z.literal('task-stale'), ...task, reasons: strings }),
  z.object({
    type: z.literal('task-started'),
    ...task,
    threads: z.int(),
    /** from 1 */
    attempt: z.int(),
    worker: z.string(),
  }),
  progressReportSchema.extend({ type: z.literal('task-progress'), ...task }),
  z.object({ type: z.literal('task-log'), ...task, message: z.string() }),
  /** A point of a curve that the task logs, e.g. its loss. */
  z.object({ type: z.literal('task-scalar'), ...task, name: z.string(), step: z.number(), value: z.number() }),
  /** `attempt` is the one that begins now. */
  z.object({ type: z.literal('task-retried'), ...task, why: z.string(), attempt: z.int() }),
  z.object({ type: z.literal('task-finished'), ...task, key: digestSchema, seconds: z.number(), threads: z.int() }),
  faultPartsSchema.extend({ type: z.literal('task-failed'), ...task, message: z.string() }),
  z.object({ type: z.literal('artifact-lost'), ...task, message: z.string() }),
  z.object({
    type: z.literal('output-written'),
    name: z.string(),
    path: z.string(),
    digest: digestSchema,
    /** of others, that stand behind it; none where left out */
    licences: z.array(licenceBehindSchema).readonly().optional(),
  }),
  z.object({ type: z.literal('expectation'), row: expectationRowSchema }),
  z.object({
    type: z.literal('run-finished'),
    run: runIdSchema,
    status: runStatusSchema,
    seconds: z.number(),
    executed: z.int(),
    cached: z.int(),
    /** path of its run.json; null where it could not be written */
    record: z.string().nullable(),
  }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

export type RunListener = (event: RunEvent) => void;
