import { describe, expect, test } from 'vitest';
import { activeGraph, formatGraph, parseGraph, selectNodes, validateGraph } from '../src/index.ts';
import { graph, registry } from './sample-graph.ts';

const active = (change: Parameters<typeof graph>[0]) => activeGraph(graph(change), registry);

describe('a document in which something is skipped', () => {
  test('runs as it is when nothing is', () => {
    const doc = graph();
    expect(activeGraph(doc, registry)).toEqual({ doc, notes: [] });
    expect(activeGraph(doc, registry).doc).toBe(doc);
  });

  test('a bypassed node is replaced by what feeds it, and what names its output names that', () => {
    const { doc, notes } = active((g) => void (g.nodes['each']!['skip'] = 'bypass'));
    expect(doc.edges).toEqual(['many.value -> all.values', 'all.total -> last.value']);
    expect(doc.outputs).toEqual({ 'total.json': 'all.total', 'each.json': 'many.value' });
    expect(doc.inputs).toEqual({});
    expect(notes).toEqual(['each: bypassed', 'expectations left out: 1 of 2']);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('a chain of bypassed nodes is gone through', () => {
    const { doc } = active((g) => {
      g.nodes['each']!['skip'] = 'bypass';
      g.nodes['more'] = { stage: 'scale@2', skip: 'bypass' };
      g.edges = [
        'many.value -> each.value',
        'each.result -> more.value',
        'more.result -> all.values',
        'given -> each.bias',
        'all.total -> last.value',
      ];
    });
    expect(doc.edges).toEqual(['many.value -> all.values', 'all.total -> last.value']);
  });

  test('a muted node takes with it what cannot do without it, and only that', () => {
    const { doc, notes } = active((g) => void (g.nodes['all']!['skip'] = 'mute'));
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each']);
    expect(doc.outputs).toEqual({ 'each.json': 'each.result' });
    expect(notes).toEqual([
      'all: muted',
      'last: left out, since all.total gives it nothing',
      'outputs left out: total.json',
      'expectations left out: 2 of 2',
    ]);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('an optional input that a muted node fed is as if nothing were connected', () => {
    const { doc } = active((g) => {
      g.nodes['other'] = { stage: 'scale@2', skip: 'mute' };
      g.edges = [
        'many.value -> each.value',
        'given -> other.value',
        'other.result -> last.bias',
        'each.result -> all.values',
        'all.total -> last.value',
      ];
    });
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each', 'all', 'last']);
    expect(doc.edges).not.toContain('other.result -> last.bias');
  });

  test('a node that nothing fed before is still a fault', () => {
    const { doc } = active((g) => {
      g.nodes['last']!['skip'] = 'mute';
      g.edges = g.edges.filter((edge) => edge !== 'each.result -> all.values');
    });
    expect(validateGraph(doc, registry)).toMatchObject([{ code: 'graph.missing-input', node: 'all' }]);
  });
});

describe('a part of a document', () => {
  test('up to a node has all that it needs and no more', () => {
    const { doc, anew } = selectNodes(graph(), { kind: 'to', node: 'each' });
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each']);
    expect(Object.keys(doc.inputs)).toEqual(['given']);
    expect(doc.sizes['tiny']).toEqual({ 'many.count': 2, 'each.factor': 1 });
    expect([...anew]).toEqual([]);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('from a node has what depends on it, anew, and what that needs', () => {
    const { doc, anew } = selectNodes(graph(), { kind: 'from', node: 'all' });
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each', 'all', 'last']);
    expect([...anew]).toEqual(['all', 'last']);
  });

  test('of a node that is not there is refused with its like', () => {
    expect(() => selectNodes(graph(), { kind: 'to', node: 'al' })).toThrow(
      'target.node: expected a node that runs (one of many, each, all, last), got "al"; did you mean "all"?',
    );
  });
});

test('groups, comments and places of inputs are written after all that means something, and read back', () => {
  const doc = graph((g) => {
    g['layout'] = { 'inputs.given': [0, 100], each: [200, 0] };
    g['comments'] = [{ size: [120, 40], at: [4, 5], text: 'Look here.' }];
    g['groups'] = [{ nodes: ['many', 'each'], title: 'First' }];
    g.nodes['each']!['skip'] = 'bypass';
  });
  const text = formatGraph(doc);
  expect(text.slice(text.indexOf('"groups"'))).toBe(`"groups": [
    { "title": "First", "nodes": ["many", "each"] }
  ],
  "comments": [
    { "text": "Look here.", "at": [4, 5], "size": [120, 40] }
  ],
  "layout": {
    "each": [200, 0],
    "inputs.given": [0, 100]
  }
}
`);
  expect(text).toContain('"skip": "bypass" }');
  expect(formatGraph(parseGraph(text, { path: 'test.json' }))).toBe(text);
});
