import { describe, expect, test } from 'vitest';
import {
  addNode,
  checkConnection,
  connect,
  copyItems,
  disconnect,
  moveItems,
  pasteItems,
  removeItems,
  renameInput,
  renameNode,
  setParam,
  setSkip,
  swapBackbone,
  whatFits,
  withBackbones,
} from '../../src/edit/index.ts';
import { formatGraph, parseGraph, validateGraph, type GraphDocument } from '../../src/index.ts';
import { errorsOf, graph, registry } from '../sample-graph.ts';

const rich = (): GraphDocument =>
  graph((g) => {
    g['groups'] = [{ title: 'All', nodes: ['each', 'all'] }];
    g['comments'] = [{ text: 'Here.', at: [10, 10] }];
    g['layout'] = { many: [0, 0], each: [200, 0], 'inputs.given': [0, 100] };
  });

describe('every edit', () => {
  const edits: [string, (doc: GraphDocument) => { doc: GraphDocument; says: string }][] = [
    ['adding', (doc) => addNode(doc, registry, { stage: 'scale' }, [1, 2])],
    ['removing', (doc) => removeItems(doc, { nodes: ['each'], comments: [0] })],
    ['renaming a node', (doc) => renameNode(doc, 'each', 'every')],
    ['renaming an input', (doc) => renameInput(doc, 'given', 'told')],
    ['setting a param', (doc) => setParam(doc, 'each', 'factor', 3)],
    ['skipping', (doc) => setSkip(doc, ['each'], 'mute')],
    ['moving', (doc) => moveItems(doc, { each: [3.4, 5.6] })],
    ['connecting', (doc) => connect(doc, registry, 'many.value', 'each.bias')],
    ['disconnecting', (doc) => disconnect(doc, 'each.bias')],
    ['swapping', (doc) => swapBackbone(doc, registry, 'last', 'product')],
    ['pasting', (doc) => pasteItems(doc, registry, copyItems(doc, { nodes: ['each', 'all'] }), [0, 0])],
  ];
  test.each(edits)(
    '%s leaves the document from before as it was, says what it did, and gives what is read back from its text',
    (_what, edit) => {
      const doc = rich();
      const text = formatGraph(doc);
      const after = edit(doc);
      expect(formatGraph(doc)).toBe(text);
      expect(formatGraph(after.doc)).not.toBe(text);
      expect(after.says).toMatch(/\S/);
      expect(formatGraph(parseGraph(formatGraph(after.doc), { path: 'after.json' }))).toBe(formatGraph(after.doc));
    },
  );
});

describe('nodes', () => {
  test('a new node has a name of its own, the stage with its version and the default backbone', () => {
    const { doc, name } = addNode(
      graph((g) => void (g.nodes['sum'] = { stage: 'sum@1' })),
      registry,
      { stage: 'sum' },
      [7, 8],
    );
    expect(name).toBe('sum-2');
    expect(doc.nodes['sum-2']).toEqual({ stage: 'sum@1', backbone: 'plain' });
    expect(doc.layout['sum-2']).toEqual([7, 8]);
  });

  test('what speaks of a removed node goes with it and is told', () => {
    const { doc, dropped } = removeItems(rich(), { nodes: ['all'] });
    expect(doc.edges).toEqual(['many.value -> each.value', 'given -> each.bias']);
    expect([doc.outputs, doc.expect, doc.cells, doc.groups]).toEqual([
      { 'each.json': 'each.result' },
      [],
      [{ markdown: '# Sums' }],
      [{ title: 'All', nodes: ['each'] }],
    ]);
    expect(dropped).toEqual([
      'edge all.total -> last.value',
      'output total.json',
      'expectation of all.total',
      'expectation of each.size/abs',
      'cell showing all.total',
    ]);
  });

  test('a removed input takes its edges and its place along', () => {
    const { doc, dropped } = removeItems(rich(), { inputs: ['given'] });
    expect([doc.inputs, doc.layout]).toEqual([{}, { many: [0, 0], each: [200, 0] }]);
    expect(dropped).toEqual(['edge given -> each.bias']);
    expect(validateGraph(doc, registry)).toEqual([]);
  });

  test('a renamed node is renamed wherever it is named', () => {
    const { doc } = renameNode(rich(), 'all', 'sum-up');
    expect(formatGraph(doc)).not.toMatch(/"all|\ball\./);
    expect(validateGraph(doc, registry)).toEqual([]);
    expect(formatGraph(renameNode(doc, 'sum-up', 'all').doc)).toBe(formatGraph(rich()));
    expect(errorsOf(() => renameNode(rich(), 'all', 'each'))).toMatchObject([{ code: 'graph.duplicate-key' }]);
    expect(errorsOf(() => renameNode(rich(), 'all', 'a.b'))).toMatchObject([{ code: 'graph.bad-value' }]);
  });

  test('a param is set for all sizes or for one, and taken back', () => {
    const one = setParam(graph(), 'each', 'factor', 3, 'tiny').doc;
    expect(one.sizes['tiny']).toEqual({ 'many.count': 2, 'each.factor': 3 });
    expect(setParam(graph(), 'each', 'factor', undefined).doc.nodes['each']).toEqual({
      stage: 'scale@2',
      backbone: 'product',
    });
  });
});

describe('a connection', () => {
  test.each([
    ['unlike types', 'each.note', 'last.bias', 'graph.type-clash', /expected number, got words from each\.note/],
    ['a loop', 'last.result', 'each.bias', 'graph.cycle', /all -> last -> each -> all/],
    ['an axis that is not gathered there', 'last.result', 'all.values', 'graph.cycle', /loop/],
    [
      'nothing along the axis that is gathered',
      'given',
      'all.values',
      'graph.axis',
      /expected values along axis "item"/,
    ],
    [
      'an output that the backbone does not give',
      'last.note',
      'each.label',
      'graph.omitted-output',
      /choose backbone one of product, labelled/,
    ],
    ['a port that is not there', 'each.reslut', 'last.bias', 'graph.unknown-port', /did you mean "result"/],
    ['a model of another kind', 'all.model', 'odd.model', 'graph.type-clash', /trained as "trouble"/],
  ])('of %s is refused with the reason', (_what, from, to, code, says) => {
    const doc = graph((g) => void (g.nodes['odd'] = { stage: 'trouble@1' }));
    const verdict = checkConnection(doc, registry, from, to);
    expect(verdict).toMatchObject({ fits: false, error: { code } });
    if (!verdict.fits) expect(verdict.error.message).toMatch(says);
    expect(errorsOf(() => connect(doc, registry, from, to))).toMatchObject([{ code }]);
  });

  test('can be made in a graph that is not finished, and takes the place of what was there', () => {
    const doc = graph((g) => void (g.nodes['odd'] = { stage: 'trouble@1' }));
    expect(checkConnection(doc, registry, 'all.total', 'odd.value')).toEqual({ fits: true });
    expect(checkConnection(doc, registry, 'given', 'each.value')).toMatchObject({
      fits: false,
      error: { code: 'graph.axis' },
    });
    const edit = connect(doc, registry, 'many.value', 'each.bias');
    expect(edit.dropped).toEqual(['edge given -> each.bias']);
    expect(edit.doc.edges[1]).toBe('many.value -> each.bias');
  });
});

describe('another backbone', () => {
  test('keeps what it takes too and says what it drops, in the sizes as well', () => {
    const doc = graph((g) => {
      g.nodes['each'] = { stage: 'scale@2', backbone: 'jitter', params: { factor: 3, amount: 0.5 } };
      g.sizes = { tiny: { 'each.amount': 0, 'each.factor': 1 } };
    });
    const edit = swapBackbone(doc, registry, 'each', 'product');
    expect(edit.doc.nodes['each']).toEqual({ stage: 'scale@2', backbone: 'product', params: { factor: 3 } });
    expect(edit.doc.sizes).toEqual({ tiny: { 'each.factor': 1 } });
    expect(edit.dropped).toEqual([
      'params.amount 0.5: product has no such param',
      'sizes.tiny.each.amount 0: product has no such param',
    ]);
    expect(edit.says).toBe('each: jitter to product');
    expect(validateGraph(edit.doc, registry)).toEqual([]);
  });

  test('takes its edges along but those from outputs that it does not give, and says what it wants', () => {
    const doc = graph((g) => {
      g.edges.push('each.note -> last.label');
      g.outputs['note.json'] = 'each.note';
      g.cells = [{ show: 'each.note' }];
    });
    const edit = swapBackbone(doc, registry, 'each', 'jitter');
    expect(edit.dropped).toEqual([
      'edge each.note -> last.label: jitter does not give this output',
      'output note.json: jitter does not give each.note',
      'cell showing each.note: jitter does not give it',
    ]);
    expect([edit.doc.outputs['note.json'], edit.doc.cells]).toEqual([undefined, []]);
    expect(swapBackbone(graph(), registry, 'last', 'labelled').wants).toEqual(['last.label or last.bias']);
    expect(errorsOf(() => swapBackbone(graph(), registry, 'last', 'none'))).toMatchObject([
      { code: 'graph.unknown-backbone' },
    ]);
  });
});

describe('settings that name a backbone', () => {
  test('swap it in the document, say what went, and leave the other settings', () => {
    const doc = graph(
      (g) => void (g.nodes['each'] = { stage: 'scale@2', backbone: 'jitter', params: { amount: 0.5 } }),
    );
    const asked = withBackbones(doc, registry, { 'each.factor': '3', 'each.backbone': 'product' });
    expect(asked.doc.nodes['each']).toEqual({ stage: 'scale@2', backbone: 'product' });
    expect([asked.set, asked.dropped]).toEqual([
      { 'each.factor': '3' },
      ['each: dropped params.amount 0.5: product has no such param'],
    ]);
    expect(errorsOf(() => withBackbones(doc, registry, { 'eech.backbone': 'product' }))).toMatchObject([
      { code: 'graph.unknown-node' },
    ]);
  });
});

describe('a copy', () => {
  test('pastes beside the original with edges inside, edges from outside, sizes and groups', () => {
    const edit = pasteItems(rich(), registry, copyItems(rich(), { nodes: ['each', 'all'] }), [50, 60]);
    expect(edit.selection).toEqual({ nodes: ['each-2', 'all-2'], inputs: [], comments: [] });
    expect(edit.doc.edges.slice(4)).toEqual([
      'many.value -> each-2.value',
      'given -> each-2.bias',
      'each-2.result -> all-2.values',
    ]);
    expect(edit.doc.sizes['tiny']).toMatchObject({ 'each.factor': 1, 'each-2.factor': 1 });
    expect(edit.doc.groups[1]).toEqual({ title: 'All', nodes: ['each-2', 'all-2'] });
    expect(edit.doc.layout['each-2']).toEqual([50, 60]);
    expect(validateGraph(edit.doc, registry)).toEqual([]);
  });

  test('pastes into another graph, without the edges whose source is not there', () => {
    const other = parseGraph('{"format": 1, "name": "other", "nodes": {}}', { path: 'other.json' });
    const edit = pasteItems(other, registry, copyItems(rich(), { nodes: ['each', 'all'], comments: [0] }), [0, 0]);
    expect(edit.doc.edges).toEqual(['each.result -> all.values']);
    expect(edit.dropped).toEqual(['edge many.value -> each.value', 'edge given -> each.bias']);
    expect(edit.doc.comments).toHaveLength(1);
  });

  test('of a whole graph is its text', () => {
    const edit = pasteItems(rich(), registry, formatGraph(rich()), [0, 0]);
    expect(Object.keys(edit.doc.nodes)).toHaveLength(8);
    expect(edit.doc.inputs).toHaveProperty('given-2');
    expect(validateGraph(edit.doc, registry)).toEqual([]);
  });

  test.each([
    ['some words'],
    ['{"nodes": 3}'],
    ['{"soliloquy": "clip", "nodes": {}, "edges": ["a.b -> c.d"]}'],
    ['[]'],
  ])('that is none is refused: %s', (text) => {
    expect(errorsOf(() => pasteItems(graph(), registry, text, [0, 0]))).toHaveLength(1);
  });
});

describe('what fits', () => {
  test('an output: free inputs before taken ones, then new nodes; only what could be connected', () => {
    const fits = whatFits(graph(), registry, { kind: 'source', from: 'each.result' });
    expect(fits.filter(({ kind }) => kind === 'existing')).toEqual([
      { kind: 'existing', node: 'last', port: 'bias' },
      { kind: 'existing', node: 'last', port: 'value', replaces: 'all.total' },
    ]);
    expect(fits).toContainEqual(
      expect.objectContaining({ kind: 'new', stage: 'sum', port: 'values', backbone: 'plain' }),
    );
    expect(
      whatFits(graph(), registry, { kind: 'source', from: 'all.total' }).filter(({ kind }) => kind === 'existing'),
    ).toEqual([{ kind: 'existing', node: 'last', port: 'bias' }]);
  });

  test('an input: outputs that are there, new nodes with a backbone that gives it, and an input of the graph', () => {
    const fits = whatFits(graph(), registry, { kind: 'target', to: 'last.label' });
    expect(fits).toContainEqual({ kind: 'existing', node: 'each', port: 'note' });
    expect(fits).toContainEqual(
      expect.objectContaining({ kind: 'new', stage: 'scale', port: 'note', backbone: 'product' }),
    );
    expect(fits.at(-1)).toEqual({ kind: 'input', type: 'words', title: 'Words' });
    expect(whatFits(graph(), registry, { kind: 'target', to: 'last.nothing' })).toEqual([]);
  });
});
