import { describe, expect, test } from 'vitest';
import { copyItems, pasteItems } from '../../src/edit/index.ts';
import { parseGraph, validateGraph, type GraphDocument } from '../../src/index.ts';
import { errorsOf, graph, registry } from '../sample-graph.ts';

const rich = (): GraphDocument =>
  graph((g) => {
    g.sizes['small'] = { 'last.amount': 1 };
    g['groups'] = [
      { title: 'Both', nodes: ['each', 'all'] },
      { title: 'More', nodes: ['all', 'last'] },
    ];
    g['comments'] = [
      { text: 'One.', at: [10, 10] },
      { text: 'Two.', at: [150, 40] },
    ];
    g['layout'] = { many: [0, 0], each: [200, 20], all: [400, 10], 'inputs.given': [100, 100] };
  });
const empty = (): GraphDocument => parseGraph('{"format": 1, "name": "other", "nodes": {}}', { path: 'other.json' });

describe('what is copied', () => {
  test('is what speaks of the chosen nodes alone, in the order of the document', () => {
    const text = copyItems(rich(), { nodes: ['all', 'each'], inputs: ['given'], comments: [1, 7] });
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      soliloquy: 'clip',
      inputs: { given: { type: 'number', default: '4' } },
      nodes: { each: rich().nodes['each'], all: rich().nodes['all'] },
      edges: ['many.value -> each.value', 'given -> each.bias', 'each.result -> all.values'],
      sizes: { tiny: { 'each.factor': 1 } },
      groups: [{ title: 'Both', nodes: ['each', 'all'] }],
      comments: [{ text: 'Two.', at: [150, 40] }],
      layout: { all: [400, 10], each: [200, 20], 'inputs.given': [100, 100] },
    });
    expect(Object.keys((JSON.parse(text) as { nodes: object }).nodes)).toEqual(['each', 'all']);
  });

  test('is nothing where nothing is chosen or what is chosen is not there', () => {
    for (const selection of [{}, { nodes: ['toString'], inputs: ['valueOf'] }])
      expect(JSON.parse(copyItems(rich(), selection))).toEqual({
        soliloquy: 'clip',
        inputs: {},
        nodes: {},
        edges: [],
        sizes: {},
        groups: [],
        comments: [],
        layout: {},
      });
  });
});

describe('what is pasted', () => {
  test('lies with its upper left corner where it is put, comments and inputs too', () => {
    const clip = copyItems(rich(), { nodes: ['each', 'all'], inputs: ['given'], comments: [1] });
    const edit = pasteItems(rich(), registry, clip, [1000.4, 500.6]);
    // The corner of what was copied: x of the input (100), y of `all` (10).
    expect(edit.doc.layout).toEqual({
      ...rich().layout,
      'each-2': [1100, 511],
      'all-2': [1300, 501],
      'inputs.given-2': [1000, 591],
    });
    expect(edit.doc.comments).toEqual([...rich().comments, { text: 'Two.', at: [1050, 531] }]);
    expect(edit.selection).toEqual({ nodes: ['each-2', 'all-2'], inputs: ['given-2'], comments: [2] });
    expect(edit.says).toBe('paste each-2, all-2 and given-2');
    expect(edit.doc.edges).toEqual([
      ...rich().edges,
      'many.value -> each-2.value',
      'given-2 -> each-2.bias',
      'each-2.result -> all-2.values',
    ]);
    expect(edit.doc.inputs).toEqual({
      given: { type: 'number', default: '4' },
      'given-2': { type: 'number', default: '4' },
    });
    expect(edit.doc.sizes).toEqual({
      tiny: { 'many.count': 2, 'each.factor': 1, 'each-2.factor': 1 },
      small: { 'last.amount': 1 },
    });
    expect(edit.doc.groups).toEqual([...rich().groups, { title: 'Both', nodes: ['each-2', 'all-2'] }]);
    expect(edit.dropped).toEqual([]);
    expect(validateGraph(edit.doc, registry)).toEqual([]);
  });

  test('keeps its names where they are free, sizes and all', () => {
    const edit = pasteItems(
      empty(),
      registry,
      copyItems(rich(), { nodes: ['each', 'all'], inputs: ['given'] }),
      [0, 0],
    );
    expect(Object.keys(edit.doc.nodes)).toEqual(['each', 'all']);
    expect(edit.doc.sizes).toEqual({ tiny: { 'each.factor': 1 } });
    expect(edit.doc.edges).toEqual(['given -> each.bias', 'each.result -> all.values']);
    expect(edit.dropped).toEqual(['edge many.value -> each.value']);
  });

  test('is not wired to a source that does not fit here', () => {
    const other = graph((g) => {
      g.nodes['many'] = { stage: 'scale@2', backbone: 'product' };
      g.edges = g.edges.filter((edge) => !edge.startsWith('many.'));
    });
    // `many` is there, but it has no output of this name.
    const edit = pasteItems(other, registry, copyItems(rich(), { nodes: ['each'] }), [0, 0]);
    expect(edit.doc.edges.slice(other.edges.length)).toEqual(['given -> each-2.bias']);
    expect(edit.dropped).toEqual(['edge many.value -> each.value']);
  });

  test('is read after a byte order mark, as some editors put it', () => {
    const clip = copyItems(rich(), { nodes: ['all'] });
    expect(pasteItems(empty(), registry, `\uFEFF${clip}`, [0, 0]).selection.nodes).toEqual(['all']);
  });

  test.each([
    [[0], 'paste a comment'],
    [[0, 1], 'paste a comment and a comment'],
  ])('of comments alone is said: %j', (comments, says) => {
    const edit = pasteItems(rich(), registry, copyItems(rich(), { comments }), [0, 0]);
    expect(edit.says).toBe(says);
    expect(edit.selection).toEqual({ nodes: [], inputs: [], comments: comments.map((index) => index + 2) });
  });

  test.each([
    ['some words', 'graph.not-json', 'clipboard: expected nodes that were copied, or a graph, got other text; '],
    ['[]', 'graph.bad-value', 'clipboard.: '],
    ['{"soliloquy": "clip", "nodes": 3}', 'graph.bad-value', 'clipboard.nodes: '],
    [
      '{"soliloquy": "clip", "nodes": {}, "edges": ["a.b -> c.d"]}',
      'graph.unknown-node',
      'clipboard.edges: expected edges into the nodes that were copied, got "a.b -> c.d"; ',
    ],
  ])('must be a clip: %s', (text, code, says) => {
    expect(errorsOf(() => pasteItems(rich(), registry, text, [0, 0]))).toMatchObject([
      { code, message: expect.stringContaining(says) as string },
    ]);
  });
});
