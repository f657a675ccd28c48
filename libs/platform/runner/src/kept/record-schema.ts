import { z } from 'zod';
import { expectationRowSchema, graphSchema, licenceBehindSchema } from '@soliloquy/graph';
import { digestSchema, runIdSchema, runStatusSchema } from '../run/events.ts';

/** Within a state folder: what holds a folder for each run, by its id. */
export const RUNS_FOLDER = 'runs';
/** The same of the store: artifacts and results. */
export const STORE_FOLDER = 'store';

/** What a port of a task was given: nothing, one artifact, or a list of them. */
const digests = z.union([digestSchema, z.array(digestSchema), z.null()]);

/**
 * A run's `run.json`. What is optional is missing in records of earlier versions. Seconds are of the wall clock, sizes
 * in bytes.
 */
export const runRecordSchema = z.looseObject({
  format: z.int().optional(),
  run: runIdSchema,
  resumed: z.boolean().optional(),
  status: runStatusSchema,
  name: z.string(),
  size: z.string(),
  seed: z.int(),
  set: z.record(z.string(), z.string()),
  inputs: z.record(z.string(), z.object({ type: z.string(), digest: digestSchema, given: z.string() })),
  versions: z.record(z.string(), z.string()),
  devices: z
    .object({
      class: z.string(),
      platform: z.string(),
      cpu: z.string(),
      threads: z.int(),
      memoryBytes: z.number(),
    })
    .optional(),
  startedAt: z.string(),
  seconds: z.number(),
  executed: z.int(),
  cached: z.int(),
  /** an upper bound of the memory that the run held at once */
  peakBytesAtMost: z.number().optional(),
  nodes: z.record(
    z.string(),
    z.object({
      stage: z.string(),
      backbone: z.string(),
      device: z.string().optional(),
      params: z.record(z.string(), z.unknown()),
      tasks: z.int(),
      executed: z.int(),
      seconds: z.number(),
      secondsExecuted: z.number(),
    }),
  ),
  outputs: z.record(
    z.string(),
    z.object({
      digest: digestSchema,
      file: z.string(),
      from: z.string(),
      /** of others, that stand behind it, by lineage */
      licences: z.array(licenceBehindSchema).readonly().optional(),
    }),
  ),
  /** the sha256 of every written file that lies in the folder, by name: those of the outputs or of an earlier run */
  files: z.record(z.string(), z.string()).optional(),
  /** names of files of an earlier run that still lie in the folder */
  formerOutputs: z.array(z.string()).readonly().optional(),
  expectations: z.array(expectationRowSchema).readonly(),
  failures: z.array(z.object({ element: z.string(), code: z.string(), message: z.string() })).readonly(),
  tasks: z.array(
    z.object({
      task: z.string(),
      key: digestSchema,
      cached: z.boolean(),
      seed: z.int().optional(),
      /** with `threads` and `peakBytes`: of the run that made the result */
      seconds: z.number(),
      threads: z.int().optional(),
      attempts: z.int().optional(),
      peakBytes: z.number().optional(),
      worker: z.string().optional(),
      outputs: z.record(z.string(), digests),
    }),
  ),
  target: z.unknown().optional(),
  /** the document that was run */
  graph: graphSchema,
});

/** What `run.json` says. */
export type RunRecord = z.infer<typeof runRecordSchema>;
