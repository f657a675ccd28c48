import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ALL_AXES, defineStage } from '@soliloquy/stage';
import { numberPort, readingsPort } from '@soliloquy/testing';
import { checkConnection, connect, disconnect, whatFits } from '../src/edit/index.ts';
import {
  activeGraph,
  catalogueOf,
  catalogueRegistry,
  createRegistry,
  diffGraphs,
  parseGraph,
  planAxes,
  validateGraph,
  type GraphDocument,
} from '../src/index.ts';

const backbones = {
  only: { version: 1, title: '', summary: '', params: z.object({}), load: () => Promise.resolve({ run: () => ({}) }) },
};
const base = { version: 1, title: '', summary: '', params: z.object({}), backbones, defaultBackbone: 'only' } as const;
const number = { type: numberPort, summary: '' };
const readings = { type: readingsPort, summary: '' };

const lines = defineStage({
  ...base,
  id: 'lines',
  params: z.object({ axis: z.string().default('clip').describe('Along what.') }),
  inputs: {},
  outputs: { line: { ...number, makes: { param: 'axis' } } },
});
const film = defineStage({
  ...base,
  id: 'film',
  inputs: { voice: number },
  outputs: { film: number, metrics: readings },
  measures: { metrics: { psnr: { unit: 'dB' } } },
  backbones: {
    ...backbones,
    exact: { ...backbones.only, measures: { metrics: { 'field-error': {} } } },
  },
});
const learn = defineStage({
  ...base,
  id: 'learn',
  inputs: { films: { ...number, gathers: 'clip' }, voices: { ...number, gathers: 'clip' } },
  outputs: { model: number },
});
const rate = defineStage({
  ...base,
  id: 'rate',
  inputs: { film: number, truth: { ...number, optional: true } },
  outputs: { metrics: readings },
  measures: { metrics: { sharpness: {}, 'acc-err': { needs: ['truth'] } } },
});
const means = defineStage({
  ...base,
  id: 'means',
  inputs: { metrics: { ...readings, gathers: ALL_AXES } },
  outputs: { metrics: readings },
  measures: { metrics: { '/mean': { of: 'metrics' } } },
});
const page = defineStage({
  ...base,
  id: 'page',
  inputs: { film: number, tables: { ...readings, gathers: ALL_AXES, titled: true, optional: true } },
  outputs: { page: number },
});
const registry = createRegistry([lines, film, learn, rate, means, page]);

const NODES = {
  lines: { stage: 'lines@1' },
  first: { stage: 'film@1' },
  second: { stage: 'film@1' },
  training: { stage: 'learn@1' },
};
const EDGES = [
  'lines.line -> first.voice',
  'lines.line -> second.voice',
  'first.film -> training.films',
  'lines.line -> training.voices',
  'second.film -> training.films',
  'lines.line -> training.voices',
];
const doc = (
  nodes: Record<string, object> = NODES,
  edges: readonly string[] = EDGES,
  more: object = {},
): GraphDocument =>
  parseGraph(JSON.stringify({ format: 1, name: 'several', nodes, edges, ...more }), { path: 'several.json' });
const faults = (graph: GraphDocument): string[] => validateGraph(graph, registry).map(({ message }) => message);

describe('several edges into one gathering input', () => {
  test('are sound, also where one source belongs to two others', () => {
    expect(faults(doc())).toEqual([]);
    expect(planAxes(doc(), registry).nodes['training']).toEqual({
      axes: [],
      inputs: { films: ['clip'], voices: ['clip'] },
      outputs: { model: [] },
    });
  });

  test('need as many into each input that gathers the same axis', () => {
    const [error, ...others] = validateGraph(doc(NODES, EDGES.slice(0, 5)), registry);
    expect(others).toEqual([]);
    expect(error).toMatchObject({
      code: 'graph.unpaired-edges',
      node: 'training',
      port: 'voices',
      message:
        'training.voices: expected 2 edges (from first.film, second.film) along "clip" as into training.films, ' +
        'got 1 edge (from lines.line); connect both edge by edge, in one order',
    });
  });

  test('each must carry the axis', () => {
    const nodes = { ...NODES, other: { stage: 'lines@1', params: { axis: 'take' } } };
    expect(faults(doc(nodes, [...EDGES.slice(0, 4), 'other.line -> training.films', EDGES[5]!]))).toEqual([
      'training.films: expected values along axis "clip", which it gathers, got other.line with take only; ' +
        'let it come from a node that makes "clip" (lines@1)',
    ]);
  });

  test('are added one after the other, taken away one by one, and told apart from a change of order', () => {
    const bare = doc(NODES, EDGES.slice(0, 4));
    expect(checkConnection(bare, registry, 'second.film', 'training.films')).toEqual({ fits: true });
    const both = connect(
      connect(bare, registry, 'second.film', 'training.films').doc,
      registry,
      'lines.line',
      'training.voices',
    );
    expect(both.dropped).toEqual([]);
    expect(faults(both.doc)).toEqual([]);
    expect(both.doc.edges.slice(2)).toEqual([EDGES[2], EDGES[3], EDGES[4], EDGES[5]]);
    expect(
      disconnect(both.doc, 'training.films', 'first.film').doc.edges.filter((edge) => edge.includes('films')),
    ).toEqual(['second.film -> training.films']);
    expect(disconnect(both.doc, 'training.voices', 'lines.line').doc.edges).toEqual(EDGES.slice(0, 5));
    expect(disconnect(both.doc, 'training.films').doc.edges.some((edge) => edge.includes('films'))).toBe(false);
    expect(diffGraphs(bare, both.doc).changes).toEqual([
      'edge added: second.film -> training.films',
      'edge added: lines.line -> training.voices',
    ]);
    const turned = doc(NODES, [EDGES[0]!, EDGES[1]!, EDGES[4]!, EDGES[3]!, EDGES[2]!, EDGES[5]!]);
    expect(diffGraphs(doc(), turned).changes).toEqual([
      'training.films: fed in another order: second.film, first.film',
    ]);
  });

  test('are offered for a held link beside what is there', () => {
    expect(whatFits(doc(NODES, EDGES.slice(0, 4)), registry, { kind: 'source', from: 'second.film' })).toContainEqual({
      kind: 'existing',
      node: 'training',
      port: 'films',
    });
  });

  test('are left out in pairs where one of their makers is muted', () => {
    const { doc: active } = activeGraph(doc({ ...NODES, first: { ...NODES.first, skip: 'mute' } }), registry);
    expect(active.edges).toEqual([EDGES[1], EDGES[4], EDGES[5]]);
    expect(faults(active)).toEqual([]);
  });
});

describe('an input that gathers all axes', () => {
  const nodes = {
    ...NODES,
    takes: { stage: 'lines@1', params: { axis: 'take' } },
    third: { stage: 'film@1' },
    page: { stage: 'page@1' },
  };
  const edges = [
    ...EDGES,
    'takes.line -> third.voice',
    'third.film -> page.film',
    'third.metrics -> page.tables',
    'first.metrics -> page.tables',
  ];

  test('leaves the axes that other inputs carry, and takes the rest', () => {
    expect(faults(doc(nodes, edges))).toEqual([]);
    expect(planAxes(doc(nodes, edges), registry).nodes['page']).toEqual({
      axes: ['take'],
      inputs: { film: ['take'], tables: ['clip', 'take'] },
      outputs: { page: ['take'] },
    });
  });

  test('takes a value without axes too', () => {
    const one = doc(
      { line: { stage: 'film@1' }, all: { stage: 'means@1' } },
      ['voice -> line.voice', 'line.metrics -> all.metrics'],
      { inputs: { voice: { type: 'number' } } },
    );
    expect(faults(one)).toEqual([]);
  });
});

describe('an axis that a param names', () => {
  const both = (params: object, more: object = {}): GraphDocument =>
    doc(
      { a: { stage: 'lines@1' }, b: { stage: 'lines@1', params }, rate: { stage: 'rate@1' } },
      ['a.line -> rate.film', 'b.line -> rate.truth'],
      more,
    );

  test('multiplies with another and is matched with its like', () => {
    expect(planAxes(both({}), registry).nodes['rate']!.axes).toEqual(['clip']);
    expect(planAxes(both({ axis: 'take' }), registry).nodes['rate']!.axes).toEqual(['clip', 'take']);
    const sized = both({}, { sizes: { tiny: { 'b.axis': 'take' } } });
    expect(planAxes(sized, registry, { size: 'tiny' }).nodes['rate']!.axes).toEqual(['clip', 'take']);
  });

  test('is judged at every size', () => {
    const graph = doc(NODES, EDGES, { sizes: { tiny: { 'lines.axis': 'take' } } });
    expect(faults(graph)[0]).toContain('training.films: expected values along axis "clip"');
  });
});

describe('an expectation', () => {
  const nodes = {
    ...NODES,
    rate: { stage: 'rate@1' },
    all: { stage: 'means@1' },
  };
  const edges = [...EDGES, 'first.film -> rate.film', 'rate.metrics -> all.metrics', 'first.metrics -> all.metrics'];
  const expecting = (metric: string, more: readonly string[] = [], change: object = {}): string[] =>
    faults(doc({ ...nodes, ...change }, [...edges, ...more], { expect: [{ metric, atLeast: 0 }] }));

  test('of a metric that is made holds its peace', () => {
    for (const metric of ['first.psnr', 'rate.sharpness', 'all.psnr/mean', 'all.sharpness/mean'])
      expect(expecting(metric)).toEqual([]);
  });

  test('of one that nobody makes is refused with what there is and what was meant', () => {
    expect(expecting('first.psnrr')).toEqual([
      'expect.0 "first.psnrr": expected a metric of first ("psnr"), got "psnrr"; did you mean "first.psnr"?',
    ]);
    expect(expecting('all.psnr/maen')).toEqual([
      'expect.0 "all.psnr/maen": expected a metric of all (one of sharpness/mean, acc-err/mean, psnr/mean), ' +
        'got "psnr/maen"; did you mean "all.psnr/mean"?',
    ]);
  });

  test('of one that another backbone gives says which', () => {
    expect(expecting('first.field-error')).toEqual([
      'expect.0 "first.field-error": expected a metric of first ("psnr"), got "field-error"; ' +
        'choose backbone "exact", which gives it',
    ]);
    expect(expecting('first.field-error', [], { first: { stage: 'film@1', backbone: 'exact' } })).toEqual([]);
  });

  test('of one whose input is not connected says which', () => {
    expect(expecting('rate.acc-err')).toEqual([
      'expect.0 "rate.acc-err": expected a connection into rate.truth, which this metric needs, got none; ' +
        'add an edge "… -> rate.truth"',
    ]);
    expect(expecting('rate.acc-err', ['second.film -> rate.truth'])).toEqual([]);
  });

  test('of one whose input a muted node fed is left out with it', () => {
    const graph = doc(
      { ...nodes, second: { ...NODES.second, skip: 'mute' } },
      [...edges, 'second.film -> rate.truth'],
      {
        expect: [
          { metric: 'rate.acc-err', atMost: 1 },
          { metric: 'rate.sharpness', atLeast: 0 },
        ],
      },
    );
    const active = activeGraph(graph, registry);
    expect(active.doc.expect).toEqual([{ metric: 'rate.sharpness', atLeast: 0 }]);
    expect(active.notes).toContain('expectations left out: 1 of 2');
  });

  test('is judged by a page as by the installation', () => {
    const catalogue = JSON.parse(JSON.stringify(catalogueOf(registry))) as ReturnType<typeof catalogueOf>;
    const elsewhere = catalogueRegistry(catalogue);
    for (const metric of ['first.psnrr', 'rate.acc-err', 'all.psnr/maen', 'first.field-error']) {
      const graph = doc(nodes, edges, { expect: [{ metric, atLeast: 0 }] });
      expect(validateGraph(graph, elsewhere)).toEqual(validateGraph(graph, registry));
    }
    expect(planAxes(doc(), elsewhere)).toEqual(planAxes(doc(), registry));
  });
});
