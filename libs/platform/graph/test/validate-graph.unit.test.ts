import { describe, expect, test } from 'vitest';
import { parseGraph, topologicalOrder, validateGraph, type GraphErrorCode } from '../src/index.ts';
import { FORM, graph, registry, type Loose } from './sample-graph.ts';

test('a sound graph has no errors', () => {
  expect(validateGraph(graph(), registry)).toEqual([]);
});

/** Each fault: how it gets in, and the one error that it must give. */
const FAULTS: readonly [string, (g: Loose) => void, GraphErrorCode, string, string | undefined, readonly string[]][] = [
  [
    'an unknown stage',
    (g) => (g.nodes['all']!['stage'] = 'summ@1'),
    'graph.unknown-stage',
    'all',
    undefined,
    ['"summ@1"', 'did you mean "sum@1"'],
  ],
  [
    'a stage named like a property of every object',
    (g) => (g.nodes['all']!['stage'] = 'constructor@1'),
    'graph.unknown-stage',
    'all',
    undefined,
    ['"constructor@1"', 'numbers'],
  ],
  [
    'an older stage',
    (g) => (g.nodes['each']!['stage'] = 'scale@1'),
    'graph.stage-version',
    'each',
    undefined,
    ['soliloquy migrate'],
  ],
  [
    'a newer stage',
    (g) => (g.nodes['each']!['stage'] = 'scale@9'),
    'graph.stage-version',
    'each',
    undefined,
    ['update soliloquy'],
  ],
  [
    'an unknown backbone',
    (g) => (g.nodes['each']!['backbone'] = 'produkt'),
    'graph.unknown-backbone',
    'each',
    undefined,
    ['product, jitter, labelled', 'did you mean "product"'],
  ],
  [
    'an unknown param',
    (g) => (g.nodes['each']!['params'] = { facto: 1 }),
    'graph.unknown-param',
    'each',
    'facto',
    ['did you mean "factor"'],
  ],
  [
    'a param of another backbone',
    (g) => (g.nodes['each']!['params'] = { amount: 1 }),
    'graph.unknown-param',
    'each',
    'amount',
    ['belongs to backbone "jitter"'],
  ],
  [
    'a param out of range',
    (g) => (g.nodes['many']!['params'] = { count: 1000 }),
    'graph.bad-param',
    'many',
    'count',
    ['many.params.count: expected', 'at most 100 (numbers), got 1000', 'How many'],
  ],
  [
    'a param of the wrong kind',
    (g) => (g.nodes['each']!['params'] = { factor: 'ten' }),
    'graph.bad-param',
    'each',
    'factor',
    ['expected a number, got "ten"'],
  ],
  [
    'a param outside its choices',
    (g) => (g.nodes['each']!['params'] = { rounding: 'up' }),
    'graph.bad-param',
    'each',
    'rounding',
    ['one of "none", "nearest", got "up"'],
  ],
  [
    'a bad param in a size',
    (g) => (g.sizes['tiny'] = { 'many.count': 0 }),
    'graph.bad-param',
    'many',
    'count',
    ['sizes.tiny.many.count'],
  ],
  [
    'an unknown param in a size',
    (g) => (g.sizes['tiny'] = { 'many.cuont': 2 }),
    'graph.unknown-param',
    'many',
    'cuont',
    ['sizes.tiny.many.cuont', 'did you mean "count"'],
  ],
  [
    'a size of an unknown node',
    (g) => (g.sizes['tiny'] = { 'mnay.count': 2 }),
    'graph.unknown-node',
    'mnay',
    undefined,
    ['did you mean "many"'],
  ],
  [
    'an edge from an unknown output',
    (g) => (g.edges[2] = 'each.resul -> all.values'),
    'graph.unknown-port',
    'each',
    'resul',
    ['result, note, metrics', 'did you mean "result"'],
  ],
  [
    'an edge to an unknown input',
    (g) => g.edges.push('given -> all.bias'),
    'graph.unknown-port',
    'all',
    'bias',
    ['an input of sum@1 ("values")'],
  ],
  [
    'an edge the wrong way round',
    (g) => g.edges.push('given -> all.total'),
    'graph.unknown-port',
    'all',
    'total',
    ['is an output of it'],
  ],
  [
    'an edge to an unknown node',
    (g) => g.edges.push('given -> lats.bias'),
    'graph.unknown-node',
    'lats',
    undefined,
    ['edges "given -> lats.bias": expected a node', 'did you mean "last"'],
  ],
  [
    'an edge from an unknown input',
    (g) => g.edges.push('gven -> last.bias'),
    'graph.unknown-input',
    undefined as never,
    'gven',
    ['did you mean "given"'],
  ],
  [
    'an edge from a node without its port',
    (g) => g.edges.push('all -> last.bias'),
    'graph.unknown-input',
    undefined as never,
    'all',
    ['name its output: "all.output"'],
  ],
  [
    'unlike types',
    (g) => g.edges.push('all.total -> last.label'),
    'graph.type-clash',
    'last',
    'label',
    ['expected words, got number from all.total'],
  ],
  [
    'models of unlike kinds',
    (g) => (
      (g.nodes['bad'] = { stage: 'trouble@1' }),
      g.edges.push('all.total -> bad.value', 'all.model -> bad.model')
    ),
    'graph.type-clash',
    'bad',
    'model',
    ['model<trouble>, got model<sum>', 'trained as "trouble"'],
  ],
  [
    'a missing input',
    (g) => g.edges.splice(3, 1),
    'graph.missing-input',
    'last',
    'value',
    ['of type number', '-> last.value'],
  ],
  [
    'an input that the backbone requires',
    (g) => (g.nodes['last'] = { stage: 'scale@2', backbone: 'labelled' }),
    'graph.missing-input',
    'last',
    'label',
    ['last.label|bias', 'required by backbone "labelled"'],
  ],
  [
    'a required port fed by an optional input',
    (g) => ((g.inputs['maybe'] = { type: 'number', optional: true }), (g.edges[3] = 'maybe -> last.value')),
    'graph.missing-input',
    'last',
    'value',
    ['input "maybe", which is optional'],
  ],
  [
    'an output that the backbone omits',
    (g) => ((g.nodes['end'] = { stage: 'scale@2' }), g.edges.push('given -> end.value', 'last.note -> end.label')),
    'graph.omitted-output',
    'last',
    'note',
    ['"jitter", which omits it', 'product, labelled'],
  ],
  [
    'two edges into one input',
    (g) => g.edges.push('given -> last.value'),
    'graph.duplicate-connection',
    'last',
    'value',
    ['from all.total, given'],
  ],
  [
    'a gathered axis that nothing carries',
    (g) => (g.edges[2] = 'given -> all.values'),
    'graph.axis',
    'all',
    'values',
    ['"item"', 'given without axes', 'numbers@1'],
  ],
  [
    'an input of an unknown type',
    (g) => (g.inputs['given'] = { type: 'nunber' }),
    'graph.unknown-type',
    undefined as never,
    'given',
    ['did you mean "number"'],
  ],
  [
    'an input that no person can give',
    (g) => ((g.inputs['m'] = { type: 'model<sum>' }), g.edges.push()),
    'graph.unknown-type',
    undefined as never,
    'm',
    ['a type that a person can give'],
  ],
  [
    'an input that goes nowhere',
    (g) => (g.inputs['lonely'] = { type: 'number' }),
    'graph.unknown-input',
    undefined as never,
    'lonely',
    ['connect the input or delete it'],
  ],
  [
    'an output file of an unknown port',
    (g) => (g.outputs['x.json'] = 'all.totl'),
    'graph.unknown-port',
    'all',
    'totl',
    ['outputs.x.json', 'did you mean "total"'],
  ],
  [
    'an output file of an omitted port',
    (g) => (g.outputs['x.json'] = 'last.note'),
    'graph.omitted-output',
    'last',
    'note',
    ['outputs.x.json'],
  ],
  [
    'an output file that a run writes itself',
    (g) => (g.outputs['run.json'] = 'all.total'),
    'graph.bad-value',
    undefined as never,
    undefined,
    ['rename it'],
  ],
  [
    'a cell that shows an unknown node',
    (g) => g.cells.push({ show: 'al.total' }),
    'graph.unknown-node',
    'al',
    undefined,
    ['cells.2.show', 'did you mean "all"'],
  ],
  [
    'an expectation of an unknown node',
    (g) => g.expect.push({ metric: 'al.total', atLeast: 1 }),
    'graph.unknown-node',
    'al',
    undefined,
    ['expect.2 "al.total"'],
  ],
  [
    'an expectation of a node without metrics',
    (g) => g.expect.push({ metric: 'many.total', atLeast: 1 }),
    'graph.unknown-metric',
    'many',
    'metrics',
    ['each, all, last'],
  ],
  [
    'an expectation bound by an unknown node',
    (g) => g.expect.push({ metric: 'all.total', atLeast: 'eech.result' }),
    'graph.unknown-node',
    'eech',
    undefined,
    ['did you mean "each"'],
  ],
  [
    'an expectation at an unknown size',
    (g) => g.expect.push({ metric: 'all.total', atLeast: 1, sizes: ['tny'] }),
    'graph.unknown-size',
    undefined as never,
    undefined,
    ['did you mean "tiny"'],
  ],
  [
    'no nodes',
    (g) => (
      (g.nodes = {}),
      (g.edges = []),
      (g.inputs = {}),
      (g.outputs = {}),
      (g.expect = []),
      (g.cells = []),
      (g.sizes = {})
    ),
    'graph.bad-value',
    undefined as never,
    undefined,
    ['at least one node'],
  ],
];

describe('each fault is one error with code, node, port and remedy', () => {
  test.each(FAULTS)('%s', (_name, change, code, node, port, parts) => {
    const errors = validateGraph(graph(change), registry);
    const found = errors.find((error) => error.code === code);
    expect(
      errors.map((error) => error.message),
      'no error beside it',
    ).toHaveLength(1);
    expect(found).toBeDefined();
    if (node !== undefined) expect(found!.node).toBe(node);
    if (port !== undefined) expect(found!.port).toBe(port);
    expect(found!.message).toMatch(FORM);
    for (const part of parts) expect(found!.message).toContain(part);
  });
});

test('a cycle is told by the names along it', () => {
  const doc = graph((g) => {
    g.edges = [
      'many.value -> all.values',
      'last.result -> each.value',
      'each.result -> bad.value',
      'bad.value -> last.value',
    ];
    g.nodes['bad'] = { stage: 'trouble@1' };
    g.inputs = {};
  });
  const [error, ...more] = validateGraph(doc, registry);
  expect(more).toEqual([]);
  expect(error).toMatchObject({ code: 'graph.cycle' });
  expect(error!.message).toMatch(/each -> bad -> last -> each|bad -> last -> each -> bad|last -> each -> bad -> last/);
  expect(error!.message).toMatch(FORM);
});

test('a node behind a loop is no part of it', () => {
  const doc = parseGraph(
    JSON.stringify({
      format: 1,
      name: 'tail',
      nodes: Object.fromEntries(['tail', 'a', 'b'].map((name) => [name, { stage: 'trouble@1' }])),
      edges: ['b.value -> tail.value', 'a.value -> b.value', 'b.value -> a.value'],
    }),
    { path: 'tail.json' },
  );
  expect(topologicalOrder(doc).loop?.toSorted()).toEqual(['a', 'b']);
});

test('a node that feeds itself is a cycle of one', () => {
  const errors = validateGraph(
    graph((g) => (g.edges[3] = 'last.result -> last.value')),
    registry,
  );
  expect(errors.map(({ code }) => code)).toEqual(['graph.cycle']);
  expect(errors[0]!.message).toContain('last -> last');
});

test('several faults are all reported, each once', () => {
  const errors = validateGraph(
    graph((g) => {
      g.nodes['each']!['params'] = { factor: 'x' };
      g.edges.push('all.total -> last.label');
      g.outputs['x.json'] = 'nobody.total';
    }),
    registry,
  );
  expect(errors.map(({ code }) => code).sort()).toEqual(['graph.bad-param', 'graph.type-clash', 'graph.unknown-node']);
});
