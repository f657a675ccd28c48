import { z } from 'zod';
import { digestSchema } from '@soliloquy/runner/events';
import { queueEntrySchema, runMessageSchema } from './runs.ts';

/** Page to gateway; the first message. `after`: the last sequence number that was seen, of the start that was seen. */
export const toGatewaySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('listen'), start: z.string().optional(), after: z.int().min(0).optional() }),
]);

/**
 * Gateway to page. After `listen`: `welcome`, `queue`, then all kept `run` messages after the one that was seen
 * (progress: the latest of each element), then live.
 */
export const toPageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), start: z.string(), seq: z.int() }),
  runMessageSchema,
  z.object({ type: z.literal('queue'), entries: z.array(queueEntrySchema) }),
  /** a graph file of the project changed on disk; digest null: it is gone. `by` of the page that saved it */
  z.object({
    type: z.literal('document-changed'),
    path: z.string(),
    digest: digestSchema.nullable(),
    by: z.string().nullable(),
  }),
]);

export type ToGateway = z.infer<typeof toGatewaySchema>;
export type ToPage = z.infer<typeof toPageSchema>;
