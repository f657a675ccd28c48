import { z } from 'zod';
import { stageCatalogueSchema } from '@soliloquy/graph';

/** What is installed, and what of it does not work here. */
export const catalogueSchema = stageCatalogueSchema.extend({
  /** by stage id and backbone, what is missing here and how to get it; what lacks nothing is not listed */
  lacking: z.record(z.string(), z.record(z.string(), z.array(z.object({ what: z.string(), remedy: z.string() })))),
});

export type Catalogue = z.infer<typeof catalogueSchema>;
