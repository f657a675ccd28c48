import { expect, test } from 'vitest';
import { carriedGraph, carryGraph, documentAsRun } from '../src/carried-graph.ts';
import { resolveParams } from '../src/index.ts';
import { graph, registry } from './sample-graph.ts';

const page = new TextEncoder().encode('<!doctype html><html><body>A report.</body></html>');
const carried = {
  document: graph(),
  size: 'tiny',
  seed: 3,
  set: { 'each.factor': '2' },
  inputs: { given: 'ab'.repeat(32) },
  from: 'all.total',
};

test('a report gives back the document and the settings that made it', () => {
  expect(carriedGraph(carryGraph(page, carried))).toEqual({ soliloquy: 1, ...carried });
});

test('its document as it was run has the seed, the size and what was set, over what the size says too', () => {
  const doc = graph((g) => void (g.sizes = { tiny: { 'each.factor': 5 }, small: {} }));
  const opened = documentAsRun({ ...carried, document: doc }, registry);
  expect([opened.size, opened.seed]).toEqual(['tiny', 3]);
  expect(resolveParams(opened, 'each', registry)).toEqual(
    resolveParams(doc, 'each', registry, { size: 'tiny', set: carried.set }),
  );
  expect(resolveParams(opened, 'each', registry)).toMatchObject({ factor: 2 });
});

test('what carries no graph, or something that is none, gives none', () => {
  expect(carriedGraph(page)).toBeUndefined();
  const forged = new TextDecoder().decode(carryGraph(page, carried)).replace('"format":1', '"format":9');
  expect(carriedGraph(new TextEncoder().encode(forged))).toBeUndefined();
});
