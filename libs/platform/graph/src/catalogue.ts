import { z } from 'zod';
import { Fault } from '@soliloquy/fault';
import type { PortType } from '@soliloquy/ports';
import type { AnyStage, Backbone, MetricFigures, Terms } from '@soliloquy/stage';
import type { CatalogueBackbone, CatalogueStage, CatalogueType, StageCatalogue } from './catalogue-schema.ts';
import { createRegistry, portTypes, type StageRegistry } from './registry.ts';

/** Everything of a registry that is no code. */
export function catalogueOf(registry: StageRegistry): StageCatalogue {
  return {
    stages: [...registry.values()].map((stage) => ({
      id: stage.id,
      version: stage.version,
      title: stage.title,
      summary: stage.summary,
      inputs: Object.fromEntries(
        Object.entries(stage.inputs).map(([port, { type, summary, optional, needs, gathers, titled }]) => [
          port,
          {
            type: type.id,
            summary,
            optional: optional === true,
            ...(needs !== undefined && { needs: [...needs] }),
            ...(gathers !== undefined && { gathers }),
            ...(titled === true && { titled }),
          },
        ]),
      ),
      outputs: Object.fromEntries(
        Object.entries(stage.outputs).map(([port, { type, summary, optional, makes }]) => [
          port,
          { type: type.id, summary, optional: optional === true, ...(makes !== undefined && { makes }) },
        ]),
      ),
      params: z.toJSONSchema(stage.params, { io: 'input' }),
      backbones: Object.fromEntries(
        Object.entries(stage.backbones).map(
          ([name, { version, title, summary, params, omits, lacks, foreign, terms, requires, measures }]) => [
            name,
            {
              version,
              title,
              summary,
              params: z.toJSONSchema(params, { io: 'input' }),
              omits: [...(omits ?? [])],
              ...(lacks !== undefined && { lacks: copied(lacks) }),
              ...(foreign === true && { foreign }),
              ...(terms !== undefined && { terms: plainTerms(terms) }),
              requires: (requires ?? []).map((each) => (typeof each === 'string' ? each : [...each])),
              ...declared(measures),
            },
          ],
        ),
      ),
      defaultBackbone: stage.defaultBackbone,
      ...declared(stage.measures),
    })),
    types: [...portTypes(registry).values()].map(({ id, title, fromUser, viewer, hue, parts, userLacks }) => ({
      id,
      title,
      asInput: fromUser !== undefined,
      ...(viewer !== undefined && { viewer }),
      ...(hue !== undefined && { hue }),
      ...(parts !== undefined && { parts: [...parts] }),
      ...(userLacks !== undefined && { userLacks: [...userLacks] }),
    })),
  };
}

/**
 * The registry that a catalogue was made of, without its code: every function on graphs judges by it as the
 * installation itself would, in the same words. Its backbones cannot be loaded and its port types neither encode nor
 * decode.
 */
export function catalogueRegistry({ stages, types }: StageCatalogue): StageRegistry {
  const known = new Map(types.map((type) => [type.id, portTypeOf(type)]));
  const typeOf = (id: string): PortType => known.get(id) ?? portTypeOf({ id, title: id, asInput: false });
  return createRegistry(
    stages.map((stage): AnyStage => ({
      ...stage,
      inputs: Object.fromEntries(
        Object.entries(stage.inputs).map(([port, spec]) => [port, { ...spec, type: typeOf(spec.type) }]),
      ),
      outputs: Object.fromEntries(
        Object.entries(stage.outputs).map(([port, spec]) => [port, { ...spec, type: typeOf(spec.type) }]),
      ),
      params: paramsOf(stage.params),
      backbones: Object.fromEntries(
        Object.entries(stage.backbones).map(([name, backbone]): [string, Backbone] => [
          name,
          { ...backbone, params: paramsOf(backbone.params), load: elsewhere },
        ]),
      ),
    })),
  );
}

function declared(measures: AnyStage['measures']): { measures?: Record<string, MetricFigures> } {
  const known = Object.entries(measures ?? {}).filter(
    (entry): entry is [string, MetricFigures] => entry[1] !== undefined,
  );
  return known.length === 0 ? {} : { measures: Object.fromEntries(known) };
}

function plainTerms({ licence, forbids, accept }: Terms): NonNullable<CatalogueBackbone['terms']> {
  return {
    licence: { ...licence },
    ...(forbids !== undefined && { forbids: [...forbids] }),
    ...(accept !== undefined && { accept }),
  };
}

function copied(lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list]]));
}

const elsewhere = (): never => {
  throw new Fault({
    code: 'graph.argument',
    where: 'catalogue',
    expected: 'a stage with its code',
    got: 'its description',
    remedy: 'run it through the gateway',
    audience: 'author',
  });
};

function portTypeOf({ asInput, ...declared }: CatalogueType): PortType {
  return {
    ...declared,
    schema: z.unknown(),
    encode: elsewhere,
    decode: elsewhere,
    preview: elsewhere,
    ...(asInput && { fromUser: elsewhere }),
  };
}

/** zod reads types and bounds back, but leaves descriptions and units where they were. */
function paramsOf(schema: CatalogueStage['params']): z.ZodObject {
  const object = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]) as z.ZodObject;
  const properties = (schema['properties'] ?? {}) as Record<string, { description?: string; unit?: unknown }>;
  const shape = Object.entries(object.shape).map(([name, field]) => {
    const { description, unit } = properties[name] ?? {};
    return [
      name,
      (field as z.ZodType).meta({
        ...(description !== undefined && { description }),
        ...(unit !== undefined && { unit }),
      }),
    ] as const;
  });
  return z.object(Object.fromEntries(shape));
}
