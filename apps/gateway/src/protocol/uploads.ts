import { z } from 'zod';
import { digestSchema } from '@soliloquy/runner/events';

/* A file is announced, sent in pieces as JSON, and kept when it is whole. */

export const uploadRequestSchema = z.strictObject({
  name: z.string().min(1).max(200),
  bytes: z.int().min(1),
  /** graph relative to which the path is wanted */ graph: z.string().max(500).optional(),
});
export const uploadChunkSchema = z.strictObject({ at: z.int().min(0), base64: z.string() });
export const uploadSchema = z.object({
  upload: z.string(),
  received: z.int(),
  bytes: z.int(),
  /** once whole: where it lies, relative to the project, and as an input of the graph names it */
  file: z.object({ path: z.string(), given: z.string(), digest: digestSchema }).nullable(),
});

export type UploadRequest = z.infer<typeof uploadRequestSchema>;
export type UploadChunk = z.infer<typeof uploadChunkSchema>;
export type Upload = z.infer<typeof uploadSchema>;
