import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineStage } from '@soliloquy/stage';
import { numberPort, stages } from '@soliloquy/testing';
import { createRegistry, parseGraph, planAxes, topologicalOrder, validateGraph } from '../src/index.ts';
import { graph, registry } from './sample-graph.ts';

const backbones = {
  only: { version: 1, title: '', summary: '', params: z.object({}), load: () => Promise.resolve({ run: () => ({}) }) },
};
const base = { version: 1, title: '', summary: '', params: z.object({}), backbones, defaultBackbone: 'only' } as const;
const number = { type: numberPort, summary: '' };
const people = defineStage({ ...base, id: 'people', inputs: {}, outputs: { one: { ...number, makes: 'subject' } } });
const clips = defineStage({
  ...base,
  id: 'clips',
  inputs: { from: { ...number, optional: true } },
  outputs: { one: { ...number, makes: 'clip' }, count: number },
});
const join = defineStage({ ...base, id: 'join', inputs: { a: number, b: number }, outputs: { both: number } });
const learn = defineStage({
  ...base,
  id: 'learn',
  inputs: { samples: { ...number, gathers: 'clip' }, sounds: { ...number, gathers: 'clip' }, whom: number },
  outputs: { model: number },
});
const wide = createRegistry([people, clips, join, learn, ...stages]);

const doc = (nodes: Record<string, string>, edges: string[]) =>
  parseGraph(
    JSON.stringify({
      format: 1,
      name: 'axes',
      nodes: Object.fromEntries(Object.entries(nodes).map(([name, stage]) => [name, { stage }])),
      edges,
    }),
    { path: 'axes.json' },
  );

test('different axes multiply, a shared axis is matched, and what gathers one keeps the others', () => {
  const hybrid = doc(
    { clip: 'clips@1', who: 'people@1', film: 'join@1', fit: 'join@1', train: 'learn@1', play: 'join@1' },
    [
      'who.one -> film.a',
      'clip.one -> film.b',
      'film.both -> fit.a',
      'clip.one -> fit.b',
      'fit.both -> train.samples',
      'clip.one -> train.sounds',
      'who.one -> train.whom',
      'train.model -> play.a',
      'who.one -> play.b',
    ],
  );
  expect(validateGraph(hybrid, wide)).toEqual([]);
  const { nodes } = planAxes(hybrid, wide);
  expect(nodes['clip']!.axes).toEqual([]);
  expect(nodes['clip']!.outputs).toEqual({ one: ['clip'], count: [] });
  expect(nodes['film']).toEqual({
    axes: ['clip', 'subject'],
    inputs: { a: ['subject'], b: ['clip'] },
    outputs: { both: ['clip', 'subject'] },
  });
  expect(nodes['fit']!.axes).toEqual(['clip', 'subject']);
  expect(nodes['train']).toEqual({
    axes: ['subject'],
    inputs: { samples: ['clip', 'subject'], sounds: ['clip'], whom: ['subject'] },
    outputs: { model: ['subject'] },
  });
  expect(nodes['play']!.outputs).toEqual({ both: ['subject'] });
});

test('an output that makes an axis which its inputs carry already is an error', () => {
  const twice = doc({ first: 'clips@1', second: 'clips@1' }, ['first.one -> second.from']);
  const [error, ...more] = validateGraph(twice, wide);
  expect(more).toEqual([]);
  expect(error).toMatchObject({ code: 'graph.axis', node: 'second', port: 'one' });
  expect(error!.message).toContain('got from with it; gather "clip" before');
});

test('a graph without axes is one task a node', () => {
  const { nodes } = planAxes(
    graph((g) => (g.edges = ['given -> each.value', 'each.result -> last.value'])),
    registry,
  );
  expect(nodes['last']).toEqual({ axes: [], inputs: { value: [] }, outputs: { result: [], note: [], metrics: [] } });
});

test('nodes come after what feeds them, and among equals in the order of the document', () => {
  expect(topologicalOrder(graph()).order).toEqual(['many', 'each', 'all', 'last']);
  const backwards = doc({ z: 'join@1', y: 'people@1', x: 'people@1' }, ['x.one -> z.a', 'y.one -> z.b']);
  expect(topologicalOrder(backwards).order).toEqual(['y', 'x', 'z']);
});
