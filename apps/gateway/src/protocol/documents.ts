import { z } from 'zod';
import { digestSchema } from '@soliloquy/runner/events';
import { graphErrorSchema } from './refusal.ts';

export const documentListSchema = z.object({
  documents: z.array(
    z.object({ path: z.string(), name: z.string(), description: z.string().optional(), nodes: z.int() }),
  ),
});

/**
 * `text` is the canonical text after migration; `digest` is of the bytes on disk. Opening runs nothing and writes
 * nothing.
 */
export const openedDocumentSchema = z.object({
  path: z.string(),
  digest: digestSchema,
  text: z.string(),
  /** whether the bytes on disk differ from `text` */
  formatted: z.boolean(),
  /** what was migrated */
  notes: z.array(z.string()),
  /** why it cannot run as it is */
  errors: z.array(graphErrorSchema),
});

export const saveRequestSchema = z.strictObject({
  path: z.string().max(500),
  /** The document as JSON text; what is written is its canonical text. */
  text: z.string(),
  /** digest of the file that this is an edit of; null: there must be none yet */
  base: digestSchema.nullable(),
  /** opaque; comes back in `document-changed`, so that a page knows its own saves */
  by: z.string().max(100).optional(),
});
/** `base`: digest of the file that is to go; another on disk is a 409. */
export const removeRequestSchema = z.strictObject({ path: z.string().max(500), base: digestSchema });
export const savedSchema = z.object({
  path: z.string(),
  digest: digestSchema,
  text: z.string(),
  errors: z.array(graphErrorSchema),
});
/**
 * Refusal of a save (409, code `gateway.conflict`): the file is not what the edit began from. If `digest` is null, the
 * file is gone.
 */
export const conflictSchema = z.object({
  code: z.literal('gateway.conflict'),
  message: z.string(),
  digest: digestSchema.nullable(),
  text: z.string().nullable(),
});

export type DocumentList = z.infer<typeof documentListSchema>;
export type OpenedDocument = z.infer<typeof openedDocumentSchema>;
export type SaveRequest = z.infer<typeof saveRequestSchema>;
export type Saved = z.infer<typeof savedSchema>;
export type Conflict = z.infer<typeof conflictSchema>;
