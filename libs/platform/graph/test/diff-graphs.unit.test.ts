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

test('every part of a document has its words', () => {
  const { changes, cells, layout } = diff((g) => {
    g['name'] = 'other';
    g['description'] = 'Said.';
    g['size'] = 'tiny';
    g.inputs['given'] = { type: 'text', default: '4' };
    g.inputs['more'] = { type: 'number' };
    g.nodes['each']!['stage'] = 'scale@3';
    g.nodes['each']!['skip'] = 'mute';
    g.outputs = { 'total.json': 'all.total', 'new.json': 'many.value' };
    g.sizes['large'] = {};
    g.expect.push({ metric: 'all.total', atMost: 20 });
    g.cells.push({ markdown: 'More.' });
    g['groups'] = [{ title: 'First', nodes: ['many'] }];
    g['comments'] = [{ text: 'Look.', at: [0, 0], size: [120, 40] }];
  });
  expect(changes).toEqual([
    'name: sound -> other',
    'description: default -> Said.',
    'size: small -> tiny',
    'inputs.given.type: number -> text',
    'input more added',
    'each.stage: scale@2 -> scale@3',
    'each.skip: no -> mute',
    'output each.json (each.result) removed',
    'output new.json (many.value) added',
    'size large added',
    'expectation added: {"atMost":20,"metric":"all.total"}',
  ]);
  expect(cells).toEqual(['cell added: {"markdown":"More."}']);
  expect(layout).toEqual([
    'group added: {"nodes":["many"],"title":"First"}',
    'comment added: {"at":[0,0],"size":[120,40],"text":"Look."}',
  ]);
});

test('what was there and is gone is said in the same words', () => {
  const richer = graph((g) => {
    g['size'] = 'tiny';
    g.inputs['more'] = { type: 'number' };
    g.sizes['large'] = {};
  });
  expect(diffGraphs(richer, graph()).changes).toEqual([
    'size: tiny -> small',
    'input more removed',
    'size large removed',
  ]);
});

test('a value that is no plain word is shown as JSON: a number, a text with spaces, a text that is empty', () => {
  const param = (before: unknown, after: unknown): readonly string[] => {
    const of = (value: unknown) => graph((g) => void (g.nodes['each']!['params'] = { factor: value }));
    return diffGraphs(of(before), of(after)).changes;
  };
  expect(param('plain/word-1', '')).toEqual(['each.params.factor: plain/word-1 -> ""']);
  expect(param('two words', 2)).toEqual(['each.params.factor: "two words" -> 2']);
  expect(param({ a: 1, b: [2] }, { b: [2], a: 1 })).toEqual([]);
  expect(param([1, 2], [2, 1])).toEqual(['each.params.factor: [1,2] -> [2,1]']);
});
