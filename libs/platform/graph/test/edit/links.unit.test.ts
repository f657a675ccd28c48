import { describe, expect, test } from 'vitest';
import {
  checkConnection,
  connect,
  disconnect,
  feeding,
  swapBackbone,
  whatFits,
  withBackbones,
  type Fit,
  type HeldEnd,
} from '../../src/edit/index.ts';
import type { GraphDocument } from '../../src/index.ts';
import { errorsOf, graph, registry, type Loose } from '../sample-graph.ts';

describe('connecting', () => {
  test('says what it takes the place of, and nothing where it stands already', () => {
    expect(checkConnection(graph(), registry, 'many.value', 'each.bias')).toEqual({ fits: true, replaces: 'given' });
    expect(checkConnection(graph(), registry, 'given', 'each.bias')).toStrictEqual({ fits: true });
    const again = connect(graph(), registry, 'given', 'each.bias');
    expect([again.doc.edges, again.dropped]).toEqual([graph().edges, []]);
    expect(again.says).toBe('connect given to each.bias');
  });

  test('into an input that gathers goes after what is there, and takes no place', () => {
    const doc = graph((g) => void (g.nodes['more'] = { stage: 'numbers@1' }));
    expect(checkConnection(doc, registry, 'more.value', 'all.values')).toStrictEqual({ fits: true });
    const edit = connect(doc, registry, 'more.value', 'all.values');
    expect(edit.doc.edges).toEqual([...doc.edges, 'more.value -> all.values']);
    expect(edit.dropped).toEqual([]);
  });

  test('is not held up by what is wrong elsewhere', () => {
    const doc = graph((g) => {
      g.nodes['odd'] = { stage: 'trouble@1' };
      g.edges.push('each.note -> odd.value');
    });
    expect(checkConnection(doc, registry, 'all.total', 'last.bias')).toEqual({ fits: true });
    // But what is wrong with this very edge counts, though it was wrong before.
    expect(checkConnection(doc, registry, 'each.note', 'odd.value')).toMatchObject({
      fits: false,
      error: { code: 'graph.type-clash' },
    });
  });

  test('of a loop names the way round and what to do', () => {
    const verdict = checkConnection(graph(), registry, 'last.result', 'each.bias');
    expect(verdict).toMatchObject({
      fits: false,
      error: { code: 'graph.cycle', node: 'all', where: 'all', got: 'all -> last -> each -> all' },
    });
  });

  test('is taken back whole, or by its source', () => {
    const doc = graph((g) => {
      g.nodes['more'] = { stage: 'numbers@1' };
      g.edges.push('more.value -> all.values', 'each.result -> all.values');
    });
    const whole = disconnect(doc, 'all.values');
    expect(whole.doc.edges).toEqual(['many.value -> each.value', 'given -> each.bias', 'all.total -> last.value']);
    expect(whole.says).toBe('disconnect all.values');
    const last = disconnect(doc, 'all.values', 'each.result');
    expect(last.doc.edges).toEqual([...graph().edges, 'more.value -> all.values']);
    expect(last.says).toBe('disconnect all.values from each.result');
    expect(disconnect(doc, 'last.value', 'each.result').doc.edges).toEqual(doc.edges);
  });

  test('what feeds an input is the first of several', () => {
    const doc = graph((g) => {
      g.nodes['more'] = { stage: 'numbers@1' };
      g.edges.push('more.value -> all.values');
    });
    expect(['all.values', 'each.bias', 'last.bias'].map((to) => feeding(doc, to))).toEqual([
      'each.result',
      'given',
      undefined,
    ]);
  });
});

describe('another backbone', () => {
  test('keeps what the stage takes whatever its value, and drops what the backbone cannot take', () => {
    const doc = graph((g) => {
      g.nodes['each'] = { stage: 'scale@2', params: { name: 'a', amount: -1, rounding: 'none' } };
      g.sizes = { tiny: { 'each.amount': 'many', 'last.amount': 1 }, small: { 'each.name': 'b', 'each.amount': 2 } };
    });
    const edit = swapBackbone(doc, registry, 'each', 'jitter');
    expect(edit.doc.nodes['each']).toEqual({
      stage: 'scale@2',
      backbone: 'jitter',
      params: { name: 'a', rounding: 'none' },
    });
    expect(edit.doc.sizes).toEqual({ tiny: { 'last.amount': 1 }, small: { 'each.name': 'b', 'each.amount': 2 } });
    expect(edit.dropped).toEqual([
      'params.amount -1: jitter takes a number of at least 0',
      'sizes.tiny.each.amount "many": jitter takes a number',
    ]);
    expect(edit.says).toBe('each: product to jitter');
  });

  test('without params has none', () => {
    const doc = graph((g) => void (g.nodes['last'] = { stage: 'scale@2', backbone: 'jitter', params: { amount: 1 } }));
    expect(swapBackbone(doc, registry, 'last', 'product').doc.nodes['last']).toStrictEqual({
      stage: 'scale@2',
      backbone: 'product',
    });
  });

  test('wants nothing that is connected, one of what it needs is enough', () => {
    expect(swapBackbone(graph(), registry, 'each', 'labelled').wants).toEqual([]);
    const bare = graph((g) => void (g.edges = g.edges.filter((edge) => !/each\.(value|bias)/.test(edge))));
    expect(swapBackbone(bare, registry, 'each', 'labelled').wants).toEqual(['each.value', 'each.label or each.bias']);
    expect(swapBackbone(bare, registry, 'each', 'product').wants).toEqual(['each.value']);
  });

  test('leaves edges, outputs and cells of other outputs and nodes', () => {
    const doc = graph((g) => {
      g.nodes['twin'] = { stage: 'scale@2', backbone: 'product' };
      g.edges.push('given -> twin.value', 'twin.note -> last.label');
      g.outputs['twin.json'] = 'twin.note';
      g.cells.push({ show: 'twin.note' }, { show: 'each.result' });
    });
    const edit = swapBackbone(doc, registry, 'each', 'jitter');
    expect(edit.dropped).toEqual([]);
    expect([edit.doc.edges, edit.doc.outputs, edit.doc.cells]).toEqual([doc.edges, doc.outputs, doc.cells]);
  });

  test.each([
    [
      'nobody',
      'product',
      'graph.unknown-node',
      'nobody: expected a node of an installed stage, got none of this name; ',
    ],
    ['alien', 'product', 'graph.unknown-node', 'alien: expected a node of an installed stage, got alien@1; '],
    [
      'each',
      'toString',
      'graph.unknown-backbone',
      'each.backbone: expected one of product, jitter, labelled, got "toString"; ',
    ],
  ])('of %s, %s, is refused', (node, to, code, says) => {
    const doc = graph((g) => void (g.nodes['alien'] = { stage: 'alien@1' }));
    expect(errorsOf(() => swapBackbone(doc, registry, node, to))).toMatchObject([
      { code, node, message: expect.stringContaining(says) as string },
    ]);
  });

  test('by settings, one after the other; other settings are left', () => {
    const asked = withBackbones(graph(), registry, {
      'each.backbone': 'jitter',
      'last.backbone': 'product',
      'each.amount': '1',
    });
    expect([asked.doc.nodes['each']?.backbone, asked.doc.nodes['last']?.backbone]).toEqual(['jitter', 'product']);
    expect(asked.set).toEqual({ 'each.amount': '1' });
    expect(asked.dropped).toEqual(['last: dropped params.amount 0: product has no such param']);
  });
});

describe('what fits a held link', () => {
  const fits = (end: HeldEnd, change?: (g: Loose) => void): Fit[] => whatFits(graph(change), registry, end);
  const there = (found: readonly Fit[]): Fit[] => found.filter(({ kind }) => kind === 'existing');

  test('an input of the graph: every input of its type, those that are free first', () => {
    const found = fits({ kind: 'source', from: 'given' });
    expect(there(found)).toEqual([
      { kind: 'existing', node: 'all', port: 'values' },
      { kind: 'existing', node: 'last', port: 'bias' },
      { kind: 'existing', node: 'each', port: 'value', replaces: 'many.value' },
      { kind: 'existing', node: 'last', port: 'value', replaces: 'all.total' },
    ]);
    expect(found.slice(4).map((fit) => (fit.kind === 'new' ? [fit.stage, fit.port, fit.backbone] : fit))).toEqual([
      ['scale', 'value', 'product'],
      ['scale', 'bias', 'product'],
      ['sum', 'values', 'plain'],
      ['trouble', 'value', 'trouble'],
    ]);
    expect(found[4]).toEqual({
      kind: 'new',
      stage: 'scale',
      title: 'Scale',
      summary: 'Multiplies.',
      port: 'value',
      backbone: 'product',
    });
  });

  test('an output does not fit what it depends on, by any way', () => {
    const nodes = (end: HeldEnd): string[] =>
      there(fits(end, (g) => void (g.nodes['free'] = { stage: 'scale@2' }))).flatMap((fit) =>
        fit.kind === 'existing' ? [`${fit.node}.${fit.port}`] : [],
      );
    expect(nodes({ kind: 'source', from: 'last.result' })).toEqual(['free.value', 'free.bias']);
    expect(nodes({ kind: 'source', from: 'many.value' })).toEqual([
      'all.values',
      'last.bias',
      'free.value',
      'free.bias',
      'each.bias',
      'last.value',
    ]);
    // And an input does not fit what depends on it.
    expect(nodes({ kind: 'target', to: 'each.bias' })).toEqual(['many.value', 'free.result']);
    expect(nodes({ kind: 'target', to: 'last.bias' })).toEqual([
      'many.value',
      'each.result',
      'all.total',
      'free.result',
    ]);
  });

  test('an input in the order of the nodes, saying what it replaces', () => {
    const found = there(fits({ kind: 'target', to: 'last.value' }));
    expect(found).toEqual([
      { kind: 'existing', node: 'many', port: 'value', replaces: 'all.total' },
      { kind: 'existing', node: 'each', port: 'result', replaces: 'all.total' },
    ]);
    // One that gathers replaces nothing, and does not offer what feeds it already.
    expect(there(fits({ kind: 'target', to: 'all.values' }))).toEqual([
      { kind: 'existing', node: 'many', port: 'value' },
    ]);
  });

  test('outputs that a backbone does not give are not offered, and new nodes get a backbone that gives them', () => {
    const jitters = (g: Loose): void => {
      g.nodes['each'] = { stage: 'scale@2', backbone: 'jitter' };
    };
    expect(there(fits({ kind: 'target', to: 'last.label' }, jitters))).toEqual([]);
    const silent = new Map(registry);
    const scale = silent.get('scale')!;
    silent.set('scale', { ...scale, defaultBackbone: 'jitter' });
    const fresh = (stages: typeof silent): unknown =>
      whatFits(graph(), stages, { kind: 'target', to: 'last.label' }).flatMap((fit) =>
        fit.kind === 'new' ? [[fit.stage, fit.port, fit.backbone]] : [],
      );
    expect(fresh(silent)).toEqual([['scale', 'note', 'product']]);
    silent.set('scale', { ...scale, backbones: { jitter: scale.backbones.jitter } });
    expect(fresh(silent)).toEqual([]);
  });

  test('a value that no person can give is offered as no input of the graph', () => {
    const kinds = (to: string): string[] =>
      fits({ kind: 'target', to }, (g) => void (g.nodes['odd'] = { stage: 'trouble@1' })).map(({ kind }) => kind);
    expect(kinds('odd.model')).not.toContain('input');
    expect(kinds('last.bias').at(-1)).toBe('input');
    expect(fits({ kind: 'source', from: 'each.note' }).map(({ kind }) => kind)).not.toContain('input');
  });

  const nowhere: [string, HeldEnd][] = [
    ['an input of the graph that is not there', { kind: 'source', from: 'toString' }],
    ['a node that is not there', { kind: 'source', from: 'nobody.value' }],
    ['an output that is not there', { kind: 'source', from: 'each.toString' }],
    ['an output where inputs are asked for', { kind: 'target', to: 'each.result' }],
    ['an input where outputs are asked for', { kind: 'source', from: 'each.bias' }],
  ];
  test.each(nowhere)('nothing fits %s', (_what, end) => {
    expect(fits(end)).toEqual([]);
  });

  test('a node of a stage that is not installed is passed over', () => {
    const doc: GraphDocument = graph((g) => void (g.nodes['alien'] = { stage: 'alien@1' }));
    expect(whatFits(doc, registry, { kind: 'source', from: 'given' })).toEqual(
      whatFits(graph(), registry, { kind: 'source', from: 'given' }),
    );
  });
});
