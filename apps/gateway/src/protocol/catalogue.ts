import { z } from 'zod';
import { VIEWERS } from '@soliloquy/ports/viewers';

/**
 * A JSON Schema (draft 2020-12) of an object: type, minimum, maximum, multipleOf, enum, default, description, and
 * `unit`.
 */
const jsonSchema = z.record(z.string(), z.unknown());

export const catalogueInputSchema = z.object({
  type: z.string(),
  summary: z.string(),
  optional: z.boolean(),
  gathers: z.string().optional(),
});
export const catalogueOutputSchema = z.object({
  type: z.string(),
  summary: z.string(),
  optional: z.boolean(),
  makes: z.string().optional(),
});
export const catalogueBackboneSchema = z.object({
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  params: jsonSchema,
  /** outputs that it does not give */
  omits: z.array(z.string()),
  /** optional inputs that it needs; of a list inside at least one */
  requires: z.array(z.union([z.string(), z.array(z.string())])),
});
export const catalogueStageSchema = z.object({
  id: z.string(),
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  inputs: z.record(z.string(), catalogueInputSchema),
  outputs: z.record(z.string(), catalogueOutputSchema),
  params: jsonSchema,
  backbones: z.record(z.string(), catalogueBackboneSchema),
  defaultBackbone: z.string(),
});
/**
 * `catalogueRegistry(stages, types)` of `@soliloquy/graph` makes of it the registry that all functions on graphs take.
 */
export const catalogueSchema = z.object({
  stages: z.array(catalogueStageSchema),
  /** `asInput`: a person can give one, so it can be an input of the graph */
  types: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      asInput: z.boolean(),
      viewer: z.enum(VIEWERS).optional(),
      /** degrees of oklch */
      hue: z.number().optional(),
    }),
  ),
  /** by stage id and backbone, what is missing here and how to get it; what lacks nothing is not listed */
  lacking: z.record(z.string(), z.record(z.string(), z.array(z.object({ what: z.string(), remedy: z.string() })))),
});

export type Catalogue = z.infer<typeof catalogueSchema>;
export type CatalogueStage = z.infer<typeof catalogueStageSchema>;
export type CatalogueBackbone = z.infer<typeof catalogueBackboneSchema>;
