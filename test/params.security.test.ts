import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogueOf, migrateGraph, parseGraph, validateGraph } from '@soliloquy/graph';
import { loadRegistry, prepareGraph } from '@soliloquy/runner';

const registry = await loadRegistry(new URL('../apps/cli/src/installed-stages.ts', import.meta.url).href);

/** Params of stages and backbones that are numbers, as their JSON Schema. */
interface Numeric {
  readonly stage: string;
  readonly backbone: string;
  readonly name: string;
  readonly most: number | undefined;
  readonly least: number | undefined;
}

type Schema = { readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

function numbersOf(stage: string, backbone: string, schema: unknown): Numeric[] {
  return Object.entries((schema as Schema).properties ?? {})
    .filter(([, { type }]) => type === 'number' || type === 'integer')
    .map(([name, { maximum, exclusiveMaximum, minimum, exclusiveMinimum }]) => ({
      stage,
      backbone,
      name,
      most: (maximum ?? exclusiveMaximum) as number | undefined,
      least: (minimum ?? exclusiveMinimum) as number | undefined,
    }));
}

const numeric = Object.values(catalogueOf(registry).stages).flatMap(({ id, params, backbones, defaultBackbone }) => [
  ...numbersOf(id, defaultBackbone, params),
  ...Object.entries(backbones).flatMap(([name, backbone]) => numbersOf(id, name, backbone.params)),
]);

/** A graph of one node; what else is wrong with it stands in the message of no param. */
function faultOf(stage: string, backbone: string, name: string, value: number): string | undefined {
  const version = registry.get(stage)?.version;
  const node = { stage: `${stage}@${version}`, backbone, params: { [name]: value } };
  const text = JSON.stringify({ format: 1, name: 'one', nodes: { it: node } });
  return validateGraph(parseGraph(text, { path: 'one.json' }), registry).find(({ port }) => port === name)?.message;
}

describe('every number that a graph can give a stage', () => {
  test('has bounds, and they are a size that a machine can bear', () => {
    expect(numeric.length).toBeGreaterThan(50);
    // The largest are steps of training and pixels of a picture.
    const without = numeric.filter(({ most, least }) => !(most !== undefined && most <= 50e6 && least !== undefined));
    expect(without).toEqual([]);
  });

  test.each(numeric)('$stage/$backbone.$name is refused above its bound, by that bound', (param) => {
    const { stage, backbone, name, most = 0 } = param;
    expect(faultOf(stage, backbone, name, most)).toBeUndefined();
    const said = faultOf(stage, backbone, name, 1e12) ?? '';
    expect(said).toMatch(new RegExp(`^it\\.params\\.${name}: expected .*${most}.*, got 1000000000000`));
  });

  test.each(['quickstart', 'talk', 'hybrid-data'])('%s is within them at every size', (preset) => {
    const text = readFileSync(new URL(`../graphs/${preset}.json`, import.meta.url), 'utf8');
    const { doc } = migrateGraph(parseGraph(text, { path: preset }), registry);
    expect(validateGraph(doc, registry)).toEqual([]);
    for (const size of Object.keys(doc.sizes)) expect(prepareGraph(doc, registry, { size }).size).toBe(size);
  });
});
