import { z } from 'zod';
import { faultPartsSchema } from '@soliloquy/fault/schema';

/** Why something was refused: `message` is `where.what: expected …, got …; remedy`. */
export const refusalSchema = faultPartsSchema.extend({
  message: z.string(),
  /** all faults of a graph that cannot run */
  errors: z.array(z.lazy(() => graphErrorSchema)).optional(),
});

export const graphErrorSchema = faultPartsSchema.extend({
  message: z.string(),
  node: z.string().optional(),
  port: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});

export type Refusal = z.infer<typeof refusalSchema>;
export type WireGraphError = z.infer<typeof graphErrorSchema>;
