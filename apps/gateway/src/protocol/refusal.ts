import { z } from 'zod';

/** Why something was refused: `message` is `where.what: expected …, got …; remedy`. */
export const refusalSchema = z.object({
  code: z.string().describe('Stable, e.g. conflict, not-found, invalid-graph, too-large, outside-project.'),
  message: z.string(),
  /** all faults of a graph that cannot run */
  errors: z.array(z.lazy(() => graphErrorSchema)).optional(),
});

export const graphErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  node: z.string().optional(),
  port: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});

export type Refusal = z.infer<typeof refusalSchema>;
export type WireGraphError = z.infer<typeof graphErrorSchema>;
