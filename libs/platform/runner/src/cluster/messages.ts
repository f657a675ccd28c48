import { z } from 'zod';
import { faultPartsSchema } from '@soliloquy/fault/schema';
import { DEVICES } from '@soliloquy/stage';
import { digestSchema, progressReportSchema, runStatusSchema } from '../run/events.ts';
import type { Made } from '../transport/protocol.ts';
import { cutText } from './cut-to-fit.ts';

/** Words of a stranger, cut where nobody would read on. */
const words = (most: number) => z.string().transform((text) => cutText(text, most));
const label = words(1000);
const log = words(4000);
const count = z.int().min(0);

/** A value on its way: in the message itself, or too large for one and stored. */
const packed = z.union([z.object({ inline: z.string() }), z.object({ stored: z.string() })]);
export type Packed = z.infer<typeof packed>;
/** What a task made, or where that stands. */
export type PackedMade = Made | { readonly stored: string };

const about = {
  label,
  stage: z.string(),
  backbone: z.string(),
  params: z.record(z.string(), z.unknown()),
  models: z.record(z.string(), z.string()).optional(),
  seed: z.number(),
  device: z.enum(DEVICES),
  rank: z.number(),
  wants: z.union([z.int().min(1), z.literal('all')]),
  threads: z.int().min(1).max(4096).optional(),
};

export const wireWork = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('task'),
    key: digestSchema,
    inputs: z.record(z.string(), z.union([digestSchema, z.array(digestSchema), z.null()])),
    titles: z.record(z.string(), z.array(z.string())).optional(),
    cores: z.int().min(1).optional(),
    ...about,
  }),
  z.object({ kind: z.literal('operation'), operation: z.string(), args: packed, ...about }),
]);
export type WireWork = z.infer<typeof wireWork>;

/** Work that is larger than a message, e.g. of a gather of thousands: an artifact holds all of it. */
const storedWork = z.object({
  kind: z.literal('stored'),
  stored: digestSchema,
  label,
  threads: about.threads,
});
export type PackedWork = WireWork | z.infer<typeof storedWork>;

const runs = z.array(z.string());

/**
 * What stands in the work queue. `ticket` names one time of queueing: a copy with another ticket than the task's state
 * is out of date. `queued` is that state as it was written: as long as it stands, who takes the message need not ask
 * for it.
 */
export const workMessage = z.object({
  protocol: z.number(),
  id: z.string(),
  ticket: z.string(),
  capability: z.string(),
  work: z.discriminatedUnion('kind', [...wireWork.options, storedWork]),
  queued: z.object({ revision: z.number(), runs }).optional(),
});
export type WorkMessage = z.infer<typeof workMessage>;

const wireError = faultPartsSchema.extend({
  where: label,
  expected: log,
  got: log,
  remedy: log.optional(),
  stack: words(20_000).optional(),
  digest: digestSchema.optional(),
});

const wanted = { ticket: z.string(), label, runs, capability: z.string() };
const tried = { worker: label, attempt: count, threads: count };

/** Where a piece of work stands. Changed only by compare-and-swap: who loses looks again. */
export const taskState = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('queued'),
    ...wanted,
    retried: z.object({ why: log, attempt: count }).optional(),
  }),
  z.object({ state: z.literal('running'), ...wanted, ...tried, sequence: z.number() }),
  z.object({
    state: z.literal('done'),
    ticket: z.string(),
    label,
    ...tried,
    result: z.union([
      z.object({
        made: z.custom<PackedMade>(
          (value) => typeof value === 'object' && value !== null && ('outputs' in value || 'stored' in value),
        ),
      }),
      z.object({ value: packed }),
    ]),
  }),
  z.object({
    state: z.literal('failed'),
    ticket: z.string(),
    label,
    attempt: count,
    dead: z.boolean(),
    error: wireError,
  }),
]);
export type TaskState = z.infer<typeof taskState>;

/** What a running task says on the way. May be lost: what counts is in its state. */
export const progressMessage = z.discriminatedUnion('type', [
  progressReportSchema.extend({ type: z.literal('progress'), note: label.optional() }),
  z.object({ type: z.literal('log'), message: log }),
  z.object({
    type: z.literal('scalars'),
    points: z.array(z.object({ name: label, step: z.number(), value: z.number() })),
  }),
]);
export type ProgressMessage = z.infer<typeof progressMessage>;

/** A worker as it tells of itself every few seconds. */
export const workerRecord = z.object({
  id: label,
  host: label,
  pid: z.number(),
  protocol: z.number(),
  version: label,
  threads: z.int().min(1).max(4096),
  slots: z.int().min(1).max(4096),
  busyThreads: z.int().min(-4096).max(4096),
  leaving: z.boolean(),
  joinedAt: z.string(),
  capabilities: z.array(z.string()),
  /** What `doctor` found there: devices, and backbones that it cannot run. */
  findings: z.array(z.object({ name: label, here: z.boolean(), detail: log })),
  running: z.array(z.object({ label, runs, attempt: count, seconds: z.number() })),
});
export type WorkerRecord = z.infer<typeof workerRecord>;

/** What a worker shall remove from its cache. */
export const forgetMessage = z.object({
  artifacts: z.array(digestSchema),
  results: z.array(digestSchema),
});
export type ForgetMessage = z.infer<typeof forgetMessage>;

/** A run as the cluster knows it. */
export const runRecord = z.object({
  run: z.string(),
  identity: z.string(),
  graph: z.string(),
  host: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  /** `session` counts how often it was taken up. */
  session: z.number(),
  status: z.enum(['running', 'cancelling', ...runStatusSchema.options]),
  /** When its runner last said that it is alive, by the runner's clock. */
  aliveAt: z.number(),
});
export type ClusterRunRecord = z.infer<typeof runRecord>;

/** Work that will not be tried again by itself, with why. */
export const deadLetter = z.object({
  /**
   * permanent: it would fail again; exhausted: its workers died or were at fault too often; poison: what was in the
   * queue makes no sense.
   */
  kind: z.enum(['permanent', 'exhausted', 'poison']),
  id: z.string(),
  label,
  reason: log,
  attempts: z.number(),
  at: z.string(),
  message: workMessage.nullable(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

/** @returns `undefined` for what is no such message */
export function parseJson<T>(schema: z.ZodType<T>, data: Uint8Array): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(data)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
