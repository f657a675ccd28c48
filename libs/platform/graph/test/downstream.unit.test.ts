import { expect, test } from 'vitest';
import { downstreamOf } from '../src/downstream.ts';
import { selectNodes } from '../src/index.ts';
import { errorsOf, graph } from './sample-graph.ts';

/** many -> each -> all -> last, and aside -> last; an input is called as a node is. */
const doc = graph((g) => {
  g.inputs['many'] = { type: 'number', default: '1' };
  g.nodes['aside'] = { stage: 'scale@2' };
  g.edges.push('many -> aside.value', 'aside.result -> last.bias');
});

test.each([
  [['many'], ['many', 'each', 'all', 'last']],
  [['all'], ['all', 'last']],
  [['aside'], ['aside', 'last']],
  [['last'], ['last']],
  [
    ['aside', 'each'],
    ['aside', 'each', 'last', 'all'],
  ],
  [[], []],
])('what %j feeds is %j', (nodes, fed) => {
  expect([...downstreamOf(doc, nodes)]).toEqual(fed);
});

test('all of a graph is the graph itself, and nothing in it is made anew', () => {
  const { doc: part, anew } = selectNodes(doc, { kind: 'all' });
  expect(part).toBe(doc);
  expect([...anew]).toEqual([]);
});

test('up to a node: what it needs, and no input that nothing reads then', () => {
  const { doc: part, anew } = selectNodes(doc, { kind: 'to', node: 'all' });
  expect(Object.keys(part.nodes)).toEqual(['many', 'each', 'all']);
  expect(Object.keys(part.inputs)).toEqual(['given']);
  expect([...anew]).toEqual([]);
});

test('from a node on: what depends on it is made anew, with what that needs beside it', () => {
  const { doc: part, anew } = selectNodes(doc, { kind: 'from', node: 'aside' });
  expect(Object.keys(part.nodes)).toEqual(['many', 'each', 'all', 'last', 'aside']);
  expect([...anew]).toEqual(['aside', 'last']);
  expect([...selectNodes(doc, { kind: 'from', node: 'each' }).anew]).toEqual(['each', 'all', 'last']);
});

test('a node that is not there is refused, with the one that was meant', () => {
  expect(errorsOf(() => selectNodes(doc, { kind: 'from', node: 'asied' }))).toMatchObject([
    {
      code: 'graph.unknown-node',
      node: 'asied',
      message:
        'target.node: expected a node that runs (one of many, each, all, last, aside), got "asied"; ' +
        'did you mean "aside"?',
    },
  ]);
});
