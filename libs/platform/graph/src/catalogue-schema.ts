import { z } from 'zod';
import { VIEWERS } from '@soliloquy/ports/viewers';

/**
 * A JSON Schema (draft 2020-12) of an object: type, minimum, maximum, multipleOf, enum, default, description, and
 * `unit`.
 */
const jsonSchema = z.record(z.string(), z.unknown());

/** a name, or the param that says it; `*` of an input: every axis that no other input of the node carries */
const axisSchema = z.union([z.string(), z.object({ param: z.string() })]);
/** by output of type `metrics` and by name, the figures that it may hold; of an output that is not there, any */
const figuresSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      unit: z.string().optional(),
      better: z.enum(['higher', 'lower']).optional(),
      text: z.string().optional(),
      /** inputs without which it is not given */
      needs: z.array(z.string()).readonly().optional(),
      /** models that the node's param `networks` must name */
      networks: z.array(z.string()).readonly().optional(),
      version: z.int().optional(),
      /** what its curve runs over, e.g. `frames` */
      series: z.string().optional(),
      /** of a name that begins with `/`: every figure of this input gives one */
      of: z.string().optional(),
    }),
  ),
);

const inputSchema = z.object({
  type: z.string(),
  summary: z.string(),
  optional: z.boolean(),
  /** parts of the value that it cannot do without */
  needs: z.array(z.string()).optional(),
  gathers: axisSchema.optional(),
  /** each element comes with the name of the node that made it */
  titled: z.boolean().optional(),
});
const outputSchema = z.object({
  type: z.string(),
  summary: z.string(),
  optional: z.boolean(),
  makes: axisSchema.optional(),
});
const backboneSchema = z.object({
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  params: jsonSchema,
  /** outputs that it does not give */
  omits: z.array(z.string()),
  /** by output, parts that its values never have */
  lacks: z.record(z.string(), z.array(z.string())).optional(),
  /** of another program: what its outputs have is known when they come */
  foreign: z.boolean().optional(),
  /** of somebody else's program: what its results must not reach */
  terms: z
    .object({
      licence: z.object({ name: z.string(), url: z.string() }),
      forbids: z.array(z.literal('training')).optional(),
      accept: z.string().optional(),
    })
    .optional(),
  /** optional inputs that it needs; of a list inside at least one */
  requires: z.array(z.union([z.string(), z.array(z.string())])),
  /** figures that it gives beside those of the stage */
  measures: figuresSchema.optional(),
});
/** A stage as plain JSON: ports by the ids of their types, params as JSON Schema with units and help. */
const stageSchema = z.object({
  id: z.string(),
  version: z.int(),
  title: z.string(),
  summary: z.string(),
  inputs: z.record(z.string(), inputSchema),
  outputs: z.record(z.string(), outputSchema),
  params: jsonSchema,
  backbones: z.record(z.string(), backboneSchema),
  defaultBackbone: z.string(),
  measures: figuresSchema.optional(),
});
/** A port type as plain JSON. `asInput`: a person can give one, so it can be an input of a graph. */
const typeSchema = z.object({
  id: z.string(),
  title: z.string(),
  asInput: z.boolean(),
  viewer: z.enum(VIEWERS).optional(),
  /** degrees of oklch */
  hue: z.number().optional(),
  /** what a value may have or lack, and which of it a file of a person's never has */
  parts: z.array(z.string()).optional(),
  userLacks: z.array(z.string()).optional(),
});
/** The installed stages, for where their code is not: a page. `catalogueRegistry` makes a registry of it. */
export const stageCatalogueSchema = z.object({ stages: z.array(stageSchema), types: z.array(typeSchema) });

export type StageCatalogue = z.infer<typeof stageCatalogueSchema>;
export type CatalogueStage = z.infer<typeof stageSchema>;
export type CatalogueBackbone = z.infer<typeof backboneSchema>;
export type CatalogueType = z.infer<typeof typeSchema>;
