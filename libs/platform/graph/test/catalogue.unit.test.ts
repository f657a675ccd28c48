import { expect, test } from 'vitest';
import {
  catalogueOf,
  catalogueRegistry,
  planAxes,
  resolveParams,
  validateGraph,
  type GraphDocument,
} from '../src/index.ts';
import { graph, registry } from './sample-graph.ts';

/** As a page has it: through JSON. */
const page = catalogueRegistry(JSON.parse(JSON.stringify(catalogueOf(registry))) as ReturnType<typeof catalogueOf>);

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
