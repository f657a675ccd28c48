import { z } from 'zod';
import { stageCatalogueSchema } from '@soliloquy/graph';

/** Something that a backbone needs and this machine has not. */
const lackSchema = z.object({
  what: z.string(),
  remedy: z.string(),
  /** of a model that a param names: the names of those that are here, any of which will do */
  model: z.object({ param: z.string(), here: z.array(z.string()) }).optional(),
});

/** What is installed, and what of it does not work here. */
export const catalogueSchema = stageCatalogueSchema.extend({
  /** by stage id and backbone, what is missing here and how to get it; what lacks nothing is not listed */
  lacking: z.record(z.string(), z.record(z.string(), z.array(lackSchema))),
});

export type Catalogue = z.infer<typeof catalogueSchema>;
export type Lack = z.infer<typeof lackSchema>;
