import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineStage, type StageMigration } from '@soliloquy/stage';
import { numberPort } from '@soliloquy/testing';
import { createRegistry, migrateGraph, resolveParams, validateGraph } from '../src/index.ts';
import { errorsOf, FORM, graph, registry } from './sample-graph.ts';

const old = () =>
  graph((g) => {
    g.nodes['each'] = { stage: 'scale@1', backbone: 'simple', params: { times: 10, name: 'y' } };
    g.edges = [
      'many.value -> each.number',
      'given -> each.bias',
      'each.value -> all.values',
      'all.total -> last.value',
    ];
    g.outputs['each.json'] = 'each.value';
    g.cells.push({ show: 'each.value' });
    g.sizes['tiny'] = { 'many.count': 2, 'each.times': 1 };
  });

test('an old node is brought to the installed version with params, sizes, backbone, edges, outputs and cells', () => {
  const { doc, notes } = migrateGraph(old(), registry);
  expect(notes).toEqual(['each: scale@1 -> scale@2: times is factor, simple is product, output value is result']);
  expect(doc.nodes['each']).toEqual({ stage: 'scale@2', backbone: 'product', params: { factor: 10, name: 'y' } });
  expect(doc.edges).toEqual([
    'many.value -> each.value',
    'given -> each.bias',
    'each.result -> all.values',
    'all.total -> last.value',
  ]);
  expect(doc.outputs['each.json']).toBe('each.result');
  expect(doc.cells.at(-1)).toEqual({ show: 'each.result' });
  expect(doc.sizes['tiny']).toEqual({ 'many.count': 2, 'each.factor': 1 });
  expect(validateGraph(doc, registry)).toEqual([]);
  expect(resolveParams(doc, 'each', registry, { size: 'tiny' })['factor']).toBe(1);
});

test('other nodes, and the document itself, are left as they were', () => {
  const before = old();
  const copy = structuredClone(before);
  const { doc } = migrateGraph(before, registry);
  expect(before).toEqual(copy);
  expect(doc.nodes['last']).toEqual(before.nodes['last']);
});

test('a document that is up to date comes back as it is', () => {
  const doc = graph();
  expect(migrateGraph(doc, registry)).toEqual({ doc, notes: [] });
});

test('a size that sets a param to what it was keeps saying so', () => {
  const doc = old();
  doc.sizes['tiny'] = { 'each.times': 10 };
  expect(migrateGraph(doc, registry).doc.sizes['tiny']).toEqual({ 'each.factor': 10 });
});

const chain = (version: number, migrations: StageMigration[]) =>
  createRegistry([
    defineStage({
      id: 'scale',
      version,
      title: '',
      summary: '',
      inputs: { value: { type: numberPort, summary: '' } },
      params: z.object({ percent: z.number().default(100).describe('') }),
      outputs: { result: { type: numberPort, summary: '' } },
      backbones: {
        product: { version: 1, title: '', summary: '', params: z.object({}), load: () => Promise.resolve({}) },
      },
      defaultBackbone: 'product',
      migrations,
    }),
  ]);
const toFactor: StageMigration = {
  from: 1,
  says: 'times is factor',
  migrate: ({ params: { times, ...rest } }) => ({ backbone: 'product', params: { ...rest, factor: times } }),
  renamedOutputs: { value: 'result' },
};
const toPercent: StageMigration = {
  from: 2,
  says: 'factor is percent',
  migrate: ({ params: { factor, ...rest }, backbone }) => ({
    backbone,
    params: { ...rest, percent: Number(factor) * 100 },
  }),
};

test('steps follow one another over several versions', () => {
  const { doc, notes } = migrateGraph(old(), chain(3, [toPercent, toFactor]));
  expect(doc.nodes['each']).toMatchObject({ stage: 'scale@3', backbone: 'product', params: { percent: 1000 } });
  expect(doc.sizes['tiny']).toEqual({ 'many.count': 2, 'each.percent': 100 });
  expect(notes.map((note) => note.slice(0, 24))).toEqual([
    'each: scale@1 -> scale@2',
    'each: scale@2 -> scale@3',
    'last: scale@2 -> scale@3',
  ]);
});

test('what cannot be migrated is refused by the name of the node', () => {
  const refusals = [
    errorsOf(() =>
      migrateGraph(
        graph((g) => (g.nodes['each']!['stage'] = 'scale@7')),
        registry,
      ),
    ),
    errorsOf(() => migrateGraph(old(), chain(3, [toPercent]))).filter(({ node }) => node === 'each'),
    errorsOf(() =>
      migrateGraph(
        old(),
        chain(2, [
          {
            from: 1,
            says: '',
            migrate: () => {
              throw new Error('times has no counterpart');
            },
          },
        ]),
      ),
    ),
  ];
  for (const [error, ...more] of refusals) {
    expect(more).toEqual([]);
    expect(error).toMatchObject({ code: 'graph.migration', node: 'each' });
    expect(error!.message).toMatch(FORM);
  }
  expect(refusals[0]![0]!.message).toContain('update soliloquy');
  expect(refusals[1]![0]!.message).toContain('no migration from @1 to @2');
  expect(refusals[2]![0]!.message).toContain('times has no counterpart');
});
