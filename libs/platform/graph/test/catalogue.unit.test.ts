import { expect, test } from 'vitest';
import type { AnyStage } from '@soliloquy/stage';
import { sumStage } from '@soliloquy/testing';
import {
  catalogueOf,
  catalogueRegistry,
  createRegistry,
  planAxes,
  resolveParams,
  validateGraph,
  type GraphDocument,
} from '../src/index.ts';
import { graph, registry } from './sample-graph.ts';

/** As a page has it: through JSON. */
const page = catalogueRegistry(JSON.parse(JSON.stringify(catalogueOf(registry))) as ReturnType<typeof catalogueOf>);

test('a catalogue says all of a stage that is no code, and nothing that is not declared', () => {
  const { stages, types } = catalogueOf(registry);
  expect(stages.map(({ id }) => id)).toEqual(['numbers', 'scale', 'sum', 'trouble']);
  const [numbers, scale, sum] = stages.map(({ params, backbones, ...rest }) => ({
    ...rest,
    params: Object.keys((params['properties'] ?? {}) as object),
    backbones: Object.entries(backbones).map(([name, { params: own, ...each }]) => ({
      name,
      ...each,
      params: Object.keys((own['properties'] ?? {}) as object),
    })),
  }));
  expect(numbers.outputs).toStrictEqual({
    value: { type: 'number', summary: 'One of them.', optional: false, makes: 'item' },
  });
  expect(scale).toStrictEqual({
    id: 'scale',
    version: 2,
    title: 'Scale',
    summary: 'Multiplies.',
    inputs: {
      value: { type: 'number', summary: 'What is multiplied.', optional: false },
      bias: { type: 'number', summary: 'Added afterwards.', optional: true },
      label: { type: 'words', summary: 'Said in the note.', optional: true },
    },
    outputs: {
      result: { type: 'number', summary: 'The product.', optional: false },
      note: { type: 'words', summary: 'What was done, in words.', optional: true },
      metrics: { type: 'metrics', summary: 'result, and size/abs: its absolute value.', optional: false },
    },
    params: ['factor', 'rounding', 'name'],
    backbones: [
      { name: 'product', version: 1, title: 'Product', summary: 'Exact.', omits: [], requires: [], params: [] },
      {
        name: 'jitter',
        version: 1,
        title: 'Jitter',
        summary: 'With seeded noise; says nothing.',
        omits: ['note'],
        requires: [],
        params: ['amount'],
      },
      {
        name: 'labelled',
        version: 1,
        title: 'Labelled',
        summary: 'Needs a label or a bias.',
        omits: [],
        requires: [['label', 'bias']],
        params: [],
      },
    ],
    defaultBackbone: 'product',
    measures: { metrics: { result: {}, 'size/abs': { text: 'absolute value' } } },
  });
  expect(sum.inputs).toStrictEqual({
    values: { type: 'number', summary: 'What is added up.', optional: false, gathers: 'item' },
  });
  expect(stages[3]).not.toHaveProperty('measures');
  expect(types).toStrictEqual([
    { id: 'number', title: 'Number', asInput: true, viewer: 'json' },
    { id: 'words', title: 'Words', asInput: true, viewer: 'json' },
    { id: 'metrics', title: 'Metrics', asInput: true, viewer: 'metrics' },
    { id: 'model<sum>', title: 'Model of kind sum', asInput: false, viewer: 'json' },
    { id: 'model<trouble>', title: 'Model of kind trouble', asInput: false, viewer: 'json' },
  ]);
});

test('ports that gather with titles, and hues of types, are said where they are declared', () => {
  const type = { ...sumStage.inputs.values.type, hue: 200 };
  const titled = {
    ...sumStage,
    inputs: { values: { type, summary: '', gathers: 'item', titled: true } },
    outputs: {},
  } as unknown as AnyStage;
  const { stages, types } = catalogueOf(createRegistry([titled]));
  expect(stages[0].inputs).toEqual({
    values: { type: 'number', summary: '', optional: false, gathers: 'item', titled: true },
  });
  expect(types).toStrictEqual([{ id: 'number', title: 'Number', asInput: true, viewer: 'json', hue: 200 }]);
});

test('a registry of a catalogue has its types once, and refuses to run', () => {
  const [scale, sum] = [page.get('scale')!, page.get('sum')!];
  expect(scale.inputs['value']?.type).toBe(sum.inputs['values']?.type);
  expect(scale.inputs['value']?.type.fromUser).toBeTypeOf('function');
  expect(sum.outputs['model']?.type.fromUser).toBeUndefined();
  expect(() => scale.backbones['product']?.load()).toThrow(
    expect.objectContaining({ code: 'graph.argument', where: 'catalogue', audience: 'author' }),
  );
});

const broken: [string, GraphDocument][] = [
  ['nothing', graph()],
  ['a param out of bounds', graph((g) => void (g.nodes['many']!['params'] = { count: 1000 }))],
  ['a choice that is none', graph((g) => void (g.nodes['each']!['params'] = { rounding: 'up' }))],
  ['an unknown param', graph((g) => void (g.nodes['each']!['params'] = { amont: 1 }))],
  ['unlike types', graph((g) => g.edges.push('each.note -> last.bias'))],
  [
    'an omitted output',
    graph((g) => void [(g.nodes['each']!['backbone'] = 'jitter'), g.edges.push('each.note -> last.label')]),
  ],
  ['a backbone that wants more', graph((g) => void (g.nodes['last']!['backbone'] = 'labelled'))],
  ['a cycle', graph((g) => g.edges.push('last.result -> each.bias'))],
  [
    'models of two kinds',
    graph(
      (g) =>
        void [
          (g.nodes['odd'] = { stage: 'trouble@1' }),
          g.edges.push('all.model -> odd.model', 'all.total -> odd.value'),
        ],
    ),
  ],
  ['an input that nobody can give', graph((g) => void (g.inputs['given'] = { type: 'model<sum>' }))],
  ['an unknown stage', graph((g) => void (g.nodes['each']!['stage'] = 'scall@2'))],
];

test.each(broken)('a page says of %s what the installation says, word for word', (what, doc) => {
  const errors = validateGraph(doc, registry);
  if (what !== 'nothing') expect(errors).not.toEqual([]);
  expect(validateGraph(doc, page)).toEqual(errors);
});

test('params and axes come out as in the installation', () => {
  const doc = graph();
  for (const node of Object.keys(doc.nodes))
    expect(resolveParams(doc, node, page, { size: 'tiny' })).toEqual(
      resolveParams(doc, node, registry, { size: 'tiny' }),
    );
  expect(planAxes(doc, page)).toEqual(planAxes(doc, registry));
});
