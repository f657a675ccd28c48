import { z } from 'zod';
import { VIEWERS } from '@soliloquy/ports/viewers';
import { digestSchema } from '@soliloquy/runner/events';

export const previewSchema = z.object({
  summary: z.string(),
  file: z.string().optional(),
  /** what shows the file; absent: the summary is all */
  as: z.enum(VIEWERS).optional(),
});
export const artifactSchema = z.object({
  type: z.string(),
  digest: digestSchema,
  bytes: z.int(),
  files: z.array(z.object({ name: z.string(), digest: digestSchema, bytes: z.int() })),
});
/** By output: one value or, where the output makes an axis, several; null where the backbone gave none. */
export const taskResultSchema = z.object({
  key: digestSchema,
  seconds: z.number(),
  outputs: z.record(z.string(), z.array(z.object({ artifact: artifactSchema, preview: previewSchema })).nullable()),
});

export type Artifact = z.infer<typeof artifactSchema>;
export type WirePreview = z.infer<typeof previewSchema>;
export type WireTaskResult = z.infer<typeof taskResultSchema>;
