import { z } from 'zod';

export const sessionSchema = z.object({
  /** changes with every start of the gateway: sequence numbers of events count anew */
  start: z.string(),
  version: z.string(),
  /** name of the project's folder */
  project: z.string(),
  /** the graph that the gateway was started with */
  graph: z.string().nullable(),
  threads: z.int(),
  /** what whoever opens the page should know first */
  notes: z.array(z.string()),
  limits: z.object({ documentBytes: z.int(), uploadBytes: z.int(), chunkBytes: z.int() }),
});

export const linkSchema = z.object({ url: z.string() });

export type Session = z.infer<typeof sessionSchema>;
export type Link = z.infer<typeof linkSchema>;
