import { expect, test } from 'vitest';
import { diffGraphs, parseGraph } from '../src/index.ts';
import { graph, SOUND, type Loose } from './sample-graph.ts';

const diff = (change: (g: Loose) => void) => diffGraphs(graph(), graph(change));

test('each change is a line in words', () => {
  expect(
    diff((g) => {
      g['seed'] = 8;
      g.nodes['each']!['backbone'] = 'jitter';
      g.nodes['each']!['params'] = { factor: 20, name: 'two words' };
      g.nodes['extra'] = { stage: 'trouble@1' };
      delete g.nodes['last'];
      g.edges = ['many.value -> each.value', 'many.value -> all.values', 'given -> extra.value'];
      g.outputs['total.json'] = 'all.metrics';
      g.sizes['tiny'] = { 'many.count': 4 };
      g.expect.shift();
    }).changes,
  ).toEqual([
    'seed: 7 -> 8',
    'node last (scale@2, jitter) removed',
    'each.backbone: product -> jitter',
    'each.params.factor: 10 -> 20',
    'each.params.name: default -> "two words"',
    'node extra (trouble@1) added',
    'edge removed: given -> each.bias',
    'all.values: fed by each.result -> fed by many.value',
    'edge removed: all.total -> last.value',
    'edge added: given -> extra.value',
    'outputs.total.json: all.total -> all.metrics',
    'sizes.tiny.each.factor: 1 -> default',
    'sizes.tiny.many.count: 2 -> 4',
    'expectation removed: {"atLeast":10,"metric":"all.total"}',
  ]);
});

test('layout and cells are told apart from what changes results', () => {
  expect(diff((g) => ((g['layout'] = { many: [5, 0] }), g.cells.reverse()))).toEqual({
    changes: [],
    cells: ['cells in another order or number'],
    layout: ['position of each removed', 'layout.many: [0,0] -> [5,0]'],
  });
});

test('the order of nodes, params and edges is no difference', () => {
  const turned = {
    ...SOUND,
    nodes: Object.fromEntries(Object.entries(SOUND.nodes).reverse()),
    edges: [...SOUND.edges].reverse(),
  };
  expect(diffGraphs(graph(), parseGraph(JSON.stringify(turned), { path: 'turned.json' }))).toEqual({
    changes: [],
    cells: [],
    layout: [],
  });
});
