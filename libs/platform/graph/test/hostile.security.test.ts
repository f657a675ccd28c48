import { describe, expect, test } from 'vitest';
import { closestName } from '../src/closest-name.ts';
import { topologicalOrder } from '../src/edges.ts';
import { formatGraph, InvalidGraph, parseGraph, validateGraph, type GraphError } from '../src/index.ts';
import { scanJson } from '../src/json-scan.ts';
import { registry } from './sample-graph.ts';

/** Milliseconds, and what a text is refused for. The machines of others are slow: ten times what it takes here. */
function refusal(text: string): { ms: number; errors: readonly GraphError[]; message: string } {
  const started = performance.now();
  try {
    parseGraph(text, { path: 'g.json' });
  } catch (error) {
    if (!(error instanceof InvalidGraph)) throw error;
    return { ms: performance.now() - started, errors: error.errors, message: error.message };
  }
  throw new Error('it was not refused');
}

const nested = (levels: number, key: string): string => `${`{"${key}":`.repeat(levels)}1${'}'.repeat(levels)}`;

describe('a text from a stranger', () => {
  test.each([
    ['long keys within each other', nested(150, 'k'.repeat(20_000))],
    ['a long key before many values', `{"${'k'.repeat(200_000)}":[${'1,'.repeat(200_000)}1]}`],
    [
      'two long names that are nearly one',
      JSON.stringify({ format: 1, name: 'a', nodes: {}, ['x'.repeat(60_000)]: 1 }),
    ],
    ['a string of megabytes', JSON.stringify({ format: 1, name: 'a'.repeat(12_000_000), nodes: {} })],
    ['a string of escapes', `{"format":1,"name":"${'\\n'.repeat(3_000_000)}","nodes":{}}`],
    ['many unknown keys', JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key${i}`, i])))],
    [
      'many nodes that are none',
      JSON.stringify({
        format: 1,
        name: 'a',
        nodes: Object.fromEntries(Array.from({ length: 1900 }, (_, i) => [`n${i}`, i])),
      }),
    ],
  ])('with %s is refused at once, in few and short lines', (_what, text) => {
    const { ms, errors, message } = refusal(text);
    expect(ms).toBeLessThan(5000);
    expect(errors.length).toBeLessThanOrEqual(101);
    for (const line of message.split('\n')) {
      expect(line.length).toBeLessThan(2500);
      // In megabytes nobody looks for the place of what is refused as a whole.
      expect(line).toMatch(/^g\.json(:\d+:\d+)?: |^graph: /);
    }
  });

  test('of 100,000 nodes is refused by the number', () => {
    const nodes = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`n${i}`, { stage: 'text-source@1' }]));
    const { ms, message } = refusal(JSON.stringify({ format: 1, name: 'a', nodes }));
    expect(ms).toBeLessThan(5000);
    expect(message).toMatch(/nodes: expected at most 2000, got 100000; split the graph$/);
  });

  test('that is data of megabytes is refused by the number of its values, or as no JSON, without places', () => {
    const rows = `[${'{"a":1.5,"b":"text"},'.repeat(80_000)}0]`;
    for (const at of [`"x":${rows}`, `"nodes":{"a":{"stage":"text-source@1","params":{"p":${rows}}}}`])
      expect(refusal(`{"format":1,"name":"a",${at}}`).message).toBe(
        'g.json: graph: expected at most 100000 values, got more; keep data in a file',
      );
    expect(refusal(`{"format":1,"name":"a","x":${rows}`).message).toMatch(
      /^g\.json: expected JSON, got something else \(.+\); correct the JSON there$/,
    );
    // As many as a large graph has are read.
    const layout = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`n${i}`, [i, i]]));
    const graph = { format: 1, name: 'a', description: 'x'.repeat(2 ** 20), nodes: { a: { stage: 'b@1' } }, layout };
    expect(Object.keys(parseGraph(JSON.stringify(graph), { path: 'g.json' }).layout ?? {})).toHaveLength(4000);
  });

  test('with more faults than anybody reads says how many more there are', () => {
    const nodes = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, 1]));
    const { errors } = refusal(JSON.stringify({ format: 1, name: 'a', nodes }));
    expect(errors).toHaveLength(101);
    expect(errors[100]?.message).toMatch(/these 100 and 400 more; correct these first$/);
  });
});

test('2,000 nodes and edges to nowhere validate within seconds', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `n${i}`);
  const nodes = Object.fromEntries(names.map((name) => [name, { stage: 'nothing@1' }]));
  const edges = names.map((name, i) => `${name}.text -> missing${i}.text`);
  const doc = parseGraph(JSON.stringify({ format: 1, name: 'a', nodes, edges }), { path: 'g.json' });
  const started = performance.now();
  expect(validateGraph(doc, registry).length).toBe(101);
  expect(performance.now() - started).toBeLessThan(8000);
});

test('a chain of 2,000 nodes that is written backwards is ordered in the rounds of the document', () => {
  const order = (count: number): string[] => {
    const names = Array.from({ length: count }, (_, i) => `n${i}`);
    const nodes = Object.fromEntries([...names].reverse().map((name) => [name, { stage: 'a@1' }]));
    const edges = names.slice(1).map((name, i) => `n${i}.x -> ${name}.x`);
    return topologicalOrder(parseGraph(JSON.stringify({ format: 1, name: 'a', nodes, edges }), { path: '' })).order;
  };
  const started = performance.now();
  expect(order(2000).slice(0, 2)).toEqual(['n0', 'n1']);
  expect(performance.now() - started).toBeLessThan(3000);
});

test('names too long to be meant are compared with none', () => {
  const started = performance.now();
  expect(closestName('a'.repeat(80_000), ['b'.repeat(80_000)])).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(500);
  expect(closestName('rendrer', ['renderer', 'a'.repeat(80_000)])).toBe('renderer');
});

test('a string that does not end is a fault at its start, however long it is', () => {
  expect(scanJson(`["${'a'.repeat(15_000_000)}`)).toMatchObject({ kind: 'fault', fault: { offset: 1 } });
});

test('an empty value behind a name as long as a line is written once, and in one way', () => {
  const params = { ['x'.repeat(130)]: {}, ['y'.repeat(130)]: [], z: { ['w'.repeat(130)]: [{}, []] } };
  const text = JSON.stringify({ format: 1, name: 'a', nodes: { a: { stage: 'text-source@1', params } } });
  const written = formatGraph(parseGraph(text, { path: 'g.json' }));
  expect(written).toContain(`"${'x'.repeat(130)}": {},`);
  const again = parseGraph(written, { path: 'g.json' });
  expect(again.nodes.a?.params).toEqual(params);
  expect(formatGraph(again)).toBe(written);
});
