import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffGraphs, formatGraph, graphSchema, parseGraph, type GraphDocument } from '../src/index.ts';
import { graph } from './sample-graph.ts';

test('the canonical text of a graph', () => {
  expect(formatGraph(graph((g) => (g.nodes['each']!['params'] = { rounding: 'nearest', factor: 10 })))).toBe(`{
  "format": 1,
  "name": "sound",
  "seed": 7,
  "size": "small",
  "inputs": {
    "given": { "type": "number", "default": "4" }
  },
  "nodes": {
    "many": { "stage": "numbers@1", "backbone": "range", "params": { "count": 3 } },
    "each": { "stage": "scale@2", "backbone": "product", "params": { "factor": 10, "rounding": "nearest" } },
    "all": { "stage": "sum@1" },
    "last": { "stage": "scale@2", "backbone": "jitter", "params": { "amount": 0 } }
  },
  "edges": [
    "many.value -> each.value",
    "given -> each.bias",
    "each.result -> all.values",
    "all.total -> last.value"
  ],
  "outputs": {
    "total.json": "all.total",
    "each.json": "each.result"
  },
  "sizes": {
    "tiny": { "each.factor": 1, "many.count": 2 }
  },
  "expect": [
    { "metric": "all.total", "atLeast": 10 },
    { "metric": "each.size/abs", "atMost": "all.total", "sizes": ["small"] }
  ],
  "cells": [
    { "markdown": "# Sums" },
    { "show": "all.total" }
  ],
  "layout": {
    "each": [200, 0],
    "many": [0, 0]
  }
}
`);
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
const port = fc.tuple(name, name).map((pair) => pair.join('.'));
const file = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/);
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const record = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });
const anyGraph: fc.Arbitrary<GraphDocument> = fc
  .record(
    {
      $schema: fc.string(),
      format: fc.constant(1),
      name: file,
      description: fc.string({ unit: 'grapheme' }),
      seed: fc.nat(),
      size: name,
      inputs: record(
        name,
        fc.record(
          { type: fc.string(), default: fc.string({ unit: 'grapheme', maxLength: 200 }), optional: fc.boolean() },
          { requiredKeys: ['type'] },
        ),
      ),
      nodes: record(
        name,
        fc.record(
          {
            stage: fc
              .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), fc.integer({ min: 1, max: 12 }))
              .map((pair) => pair.join('@')),
            backbone: name,
            params: record(name, json),
          },
          { requiredKeys: ['stage'] },
        ),
      ),
      edges: fc.array(
        fc.tuple(fc.oneof(name, port), fc.constantFrom('->', ' -> ', '  ->\t'), port).map((parts) => parts.join('')),
        { maxLength: 5 },
      ),
      outputs: record(file, port),
      sizes: record(name, record(port, json)),
      expect: fc.array(
        fc.record(
          {
            metric: port,
            atLeast: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), port),
            sizes: fc.array(name),
          },
          { requiredKeys: ['metric', 'atLeast'] },
        ),
        { maxLength: 3 },
      ),
      cells: fc.array(fc.oneof(fc.record({ markdown: fc.string({ unit: 'grapheme' }) }), fc.record({ show: port })), {
        maxLength: 3,
      }),
      layout: record(name, fc.tuple(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
    },
    { requiredKeys: ['format', 'name', 'nodes'] },
  )
  .map((value) => graphSchema.parse(JSON.parse(JSON.stringify(value))));

test('formatting what was formatted changes nothing, and means the same', () => {
  fc.assert(
    fc.property(anyGraph, (doc) => {
      const text = formatGraph(doc);
      const again = parseGraph(text, { path: 'again.json' });
      expect(formatGraph(again)).toBe(text);
      expect(diffGraphs(doc, again)).toEqual({ changes: [], cells: [], layout: [] });
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('lines stay within 120 columns where they can be broken', () => {
  const long = graph((g) => (g.nodes['each']!['params'] = { name: 'n'.repeat(80), rounding: 'nearest', factor: 1 }));
  expect(
    Math.max(
      ...formatGraph(long)
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(120);
});
