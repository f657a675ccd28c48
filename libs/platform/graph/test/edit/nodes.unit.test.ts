import { describe, expect, test } from 'vitest';
import {
  addNode,
  freshName,
  moveItems,
  removeItems,
  renameInput,
  renameNode,
  setParam,
  setSkip,
} from '../../src/edit/index.ts';
import { formatGraph, type GraphDocument } from '../../src/index.ts';
import { errorsOf, graph, registry } from '../sample-graph.ts';

/** The sound graph with something of everything that can name a node. */
const rich = (): GraphDocument =>
  graph((g) => {
    g.inputs['other'] = { type: 'number', default: '1' };
    g.edges.push('other -> last.bias');
    g.expect.push({ metric: 'last.size/abs', atLeast: 'each.size/abs', atMost: 50 });
    g.cells.push({ show: 'each.result' });
    g['groups'] = [
      { title: 'All', nodes: ['each', 'all'] },
      { title: 'First', nodes: ['many'] },
    ];
    g['comments'] = [
      { text: 'One.', at: [1, 1] },
      { text: 'Two.', at: [2, 2] },
    ];
    g['layout'] = { many: [0, 0], each: [200, 0], 'inputs.given': [0, 100], 'inputs.other': [0, 200] };
  });

test.each([
  ['voice', [], 'voice'],
  ['voice', ['voice'], 'voice-2'],
  ['voice', ['voice', 'voice-2', 'voice-3'], 'voice-4'],
  ['voice-2', ['voice-2'], 'voice-3'],
  ['voice-2', ['voice'], 'voice-2'],
  ['voice-12', ['voice-12', 'voice-2'], 'voice-3'],
  ['take-2-b', ['take-2-b'], 'take-2-b-2'],
])('%s beside %j is named %s', (wanted, taken, name) => {
  expect(freshName(wanted, taken)).toBe(name);
});

describe('adding a node', () => {
  test('with all that is wanted of it', () => {
    const params = { factor: 3 };
    const { doc, name, says, dropped } = addNode(
      rich(),
      registry,
      { stage: 'scale@1', backbone: 'jitter', name: 'noisy', params },
      [7, 8],
    );
    expect([name, says, dropped]).toEqual(['noisy', 'add noisy', []]);
    expect(doc.nodes['noisy']).toEqual({ stage: 'scale@2', backbone: 'jitter', params: { factor: 3 } });
    expect(doc.nodes['noisy']?.params).not.toBe(params);
    expect(Object.keys(doc.nodes)).toEqual(['many', 'each', 'all', 'last', 'noisy']);
    expect(doc.layout).toEqual({ ...rich().layout, noisy: [7, 8] });
  });

  test('without params where none are given', () => {
    const { doc } = addNode(rich(), registry, { stage: 'sum', params: {} }, [0, 0]);
    expect(doc.nodes['sum']).toEqual({ stage: 'sum@1', backbone: 'plain' });
  });

  test('of a stage or a backbone that is not there is refused', () => {
    expect(errorsOf(() => addNode(rich(), registry, { stage: 'skale@2' }, [0, 0]))).toMatchObject([
      {
        code: 'graph.unknown-stage',
        message:
          'stage: expected one that is installed (one of numbers, scale, sum, trouble), got "skale@2"; ' +
          'choose one of them',
      },
    ]);
    expect(errorsOf(() => addNode(rich(), registry, { stage: 'sum', backbone: 'toString' }, [0, 0]))).toMatchObject([
      { code: 'graph.unknown-backbone', message: 'sum.backbone: expected "plain", got "toString"; choose one of them' },
    ]);
  });
});

describe('removing', () => {
  test('nodes that feed each other tells only what reaches beyond them', () => {
    const { doc, dropped, says } = removeItems(rich(), { nodes: ['each', 'all'], comments: [0] });
    expect(doc.edges).toEqual(['other -> last.bias']);
    expect(Object.keys(doc.nodes)).toEqual(['many', 'last']);
    // What fed only removed nodes stays: a person wrote it.
    expect(Object.keys(doc.inputs)).toEqual(['given', 'other']);
    expect(doc.comments).toEqual([{ text: 'Two.', at: [2, 2] }]);
    expect(doc.layout).toEqual({ many: [0, 0], 'inputs.given': [0, 100], 'inputs.other': [0, 200] });
    expect(doc.groups).toEqual([{ title: 'First', nodes: ['many'] }]);
    expect(dropped).toEqual([
      'edge all.total -> last.value',
      'output total.json',
      'output each.json',
      'expectation of all.total',
      'expectation of each.size/abs',
      'expectation of last.size/abs',
      'cell showing all.total',
      'cell showing each.result',
    ]);
    expect(says).toBe('delete each, all and a comment');
  });

  test('an input leaves what other inputs feed', () => {
    const { doc, dropped, says } = removeItems(rich(), { inputs: ['given'] });
    expect(doc.inputs).toEqual({ other: { type: 'number', default: '1' } });
    expect(doc.edges).toEqual(rich().edges.filter((edge) => edge !== 'given -> each.bias'));
    expect(doc.layout).toEqual({ many: [0, 0], each: [200, 0], 'inputs.other': [0, 200] });
    expect([dropped, says]).toEqual([['edge given -> each.bias'], 'delete given']);
  });

  test('an edge from a removed input into a removed node is not told twice', () => {
    expect(removeItems(rich(), { nodes: ['each'], inputs: ['given'] }).dropped).not.toContain(
      'edge given -> each.bias',
    );
  });

  test.each([
    [[], 'delete nothing'],
    [['many'], 'delete many'],
    [['many', 'each'], 'delete many and each'],
    [['many', 'each', 'all'], 'delete many, each and all'],
    [['many', 'each', 'all', 'last'], 'delete many, each and 2 more'],
  ])('%j reads well', (nodes, says) => {
    expect(removeItems(rich(), { nodes }).says).toBe(says);
  });
});

describe('renaming', () => {
  test('a node changes its name in every place, and nothing else', () => {
    const { doc, says } = renameNode(rich(), 'each', 'every_1');
    expect(says).toBe('rename each to every_1');
    const text = formatGraph(rich());
    const wanted = text
      .replaceAll(/\beach(?=\.)/g, 'every_1')
      .replaceAll('"each":', '"every_1":')
      .replaceAll('"each"', '"every_1"')
      .replaceAll('every_1.json', 'each.json');
    expect(formatGraph(doc)).toBe(wanted);
    expect(Object.keys(doc.nodes)).toEqual(['many', 'every_1', 'all', 'last']);
    expect(doc.expect.at(-1)).toEqual({ metric: 'last.size/abs', atLeast: 'every_1.size/abs', atMost: 50 });
    expect(doc.expect[0]).toEqual({ metric: 'all.total', atLeast: 10 });
  });

  test('an input changes its name in edges and layout', () => {
    const { doc, says } = renameInput(rich(), 'given', 'told');
    expect(says).toBe('rename input given to told');
    expect(doc.inputs).toEqual({
      told: { type: 'number', default: '4' },
      other: { type: 'number', default: '1' },
    });
    expect(doc.edges).toEqual(rich().edges.map((edge) => (edge === 'given -> each.bias' ? 'told -> each.bias' : edge)));
    expect(Object.keys(doc.layout)).toEqual(['many', 'each', 'inputs.told', 'inputs.other']);
  });

  test('an input and a node of one name are two things', () => {
    const doc = graph((g) => {
      g.inputs['all'] = { type: 'number', default: '1' };
      g.edges.push('all -> last.bias');
    });
    expect(renameNode(doc, 'all', 'total').doc.edges.at(-1)).toBe('all -> last.bias');
    expect(renameInput(doc, 'all', 'one').doc.edges.slice(-2)).toEqual(['all.total -> last.value', 'one -> last.bias']);
  });

  const wrong: [string, string, string, string][] = [
    ['a name that is taken', 'all', 'graph.duplicate-key', 'expected a name that is free, got "all", which is taken'],
    ['nothing', '', 'graph.bad-value', 'that begins with a letter, got ""'],
    ['a name with a space', 'a b', 'graph.bad-value', 'that begins with a letter, got "a b"'],
    ['a digit first', '1a', 'graph.bad-value', 'that begins with a letter, got "1a"'],
    ['a line after it', 'a\n', 'graph.bad-value', 'expected a name of letters, digits, - and _'],
  ];
  test.each(wrong)('to %s is refused', (_what, to, code, says) => {
    expect(errorsOf(() => renameNode(rich(), 'each', to))).toMatchObject([
      { code, where: 'nodes.each', message: expect.stringContaining(says) as string },
    ]);
  });

  test('what is not there is refused; to its own name it is no change', () => {
    expect(errorsOf(() => renameNode(rich(), 'eech', 'b'))).toMatchObject([
      {
        code: 'graph.unknown-node',
        message: 'nodes: expected one of many, each, all, last, got "eech"; choose one of them',
      },
    ]);
    expect(errorsOf(() => renameInput(rich(), 'each', 'b'))).toMatchObject([
      { code: 'graph.unknown-node', message: 'inputs: expected one of given, other, got "each"; choose one of them' },
    ]);
    expect(errorsOf(() => renameInput(rich(), 'given', 'other'))).toMatchObject([
      { code: 'graph.duplicate-key', where: 'inputs.given' },
    ]);
    expect(formatGraph(renameNode(rich(), 'each', 'each').doc)).toBe(formatGraph(rich()));
  });
});

describe('setting a param', () => {
  test('changes it and keeps the others, in its place', () => {
    const doc = graph(
      (g) => void (g.nodes['each'] = { stage: 'scale@2', params: { name: 'a', factor: 1, rounding: 'none' } }),
    );
    const { doc: set, says } = setParam(doc, 'each', 'factor', 3);
    expect(Object.entries(set.nodes['each']?.params ?? {})).toEqual([
      ['name', 'a'],
      ['factor', 3],
      ['rounding', 'none'],
    ]);
    expect(says).toBe('set each.factor to 3');
    expect(set.nodes['all']).toBe(doc.nodes['all']);
  });

  test('back to what it is without leaves the others', () => {
    const doc = graph((g) => void (g.nodes['each'] = { stage: 'scale@2', params: { name: 'a', factor: 1 } }));
    const { doc: set, says } = setParam(doc, 'each', 'factor', undefined);
    expect(set.nodes['each']).toEqual({ stage: 'scale@2', params: { name: 'a' } });
    expect(says).toBe('reset each.factor');
  });

  test('at a size leaves what it is elsewhere', () => {
    const small = setParam(rich(), 'each', 'factor', 5, 'small');
    expect(small.doc.sizes).toEqual({ tiny: { 'many.count': 2, 'each.factor': 1 }, small: { 'each.factor': 5 } });
    expect(small.doc.nodes).toEqual(rich().nodes);
    expect(small.says).toBe('set each.factor to 5 at size small');
    const back = setParam(rich(), 'each', 'factor', undefined, 'tiny');
    expect(back.doc.sizes).toEqual({ tiny: { 'many.count': 2 } });
    expect(back.says).toBe('reset each.factor at size tiny');
  });

  test('of a node that is not there is refused', () => {
    expect(errorsOf(() => setParam(rich(), 'eech', 'factor', 3))).toMatchObject([
      { code: 'graph.unknown-node', node: 'eech', message: expect.stringContaining('got "eech"') as string },
    ]);
  });
});

test('skipping changes the nodes that are named, and running them takes it back', () => {
  const muted = setSkip(rich(), ['each', 'all'], 'mute');
  expect(Object.entries(muted.doc.nodes).map(([name, { skip }]) => [name, skip])).toEqual([
    ['many', undefined],
    ['each', 'mute'],
    ['all', 'mute'],
    ['last', undefined],
  ]);
  expect(muted.says).toBe('mute each and all');
  const other = setSkip(muted.doc, ['all'], 'bypass');
  expect(other.doc.nodes['all']?.skip).toBe('bypass');
  expect(other.doc.nodes['each']?.skip).toBe('mute');
  const run = setSkip(other.doc, ['each', 'all'], undefined);
  expect(run.doc.nodes).toStrictEqual(rich().nodes);
  expect(run.says).toBe('run each and all');
});

test('what is moved lies on whole pixels, and the rest stays where it is', () => {
  const { doc, says } = moveItems(rich(), { each: [3.4, 5.6], 'inputs.given': [-0.6, 7] });
  expect(doc.layout).toEqual({ many: [0, 0], each: [3, 6], 'inputs.given': [-1, 7], 'inputs.other': [0, 200] });
  expect(says).toBe('move each and given');
});
