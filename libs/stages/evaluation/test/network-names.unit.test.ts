import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRegistry, parseGraph, validateGraph } from '@soliloquy/graph';
import { MODELS } from '@soliloquy/models';
import { stageContext } from '@soliloquy/testing';
import { ownMeasures } from '../src/evaluation/own-measures.ts';
import { filmSetMeasures } from '../src/film-set/own-measures.ts';
import { filmSetStage } from '../src/film-set/stage.ts';
import { EVALUATION_NETWORKS } from '../src/networks/network-names.ts';
import { openNetwork } from '../src/networks/open-network.ts';
import { randomNetwork, readGolden, type Draw } from './random-networks.ts';

const measures = [...ownMeasures, ...filmSetMeasures];
const entry = (name: string) => MODELS.find((each) => each.name === name);

describe('the networks of measures', () => {
  test('are those of the registry, which says of each which measures read it', () => {
    for (const name of EVALUATION_NETWORKS) {
      const reading = measures.filter(({ networks }) => networks.includes(name)).map((measure) => measure.name);
      expect([name, entry(name)?.network?.readBy ?? []]).toEqual([name, reading]);
    }
    for (const { networks } of measures) for (const name of networks) expect(EVALUATION_NETWORKS).toContain(name);
  });

  test('are made by scripts that are there', () => {
    const scripts = MODELS.flatMap(({ network }) => /tools\/export\/\w+\.py/.exec(network?.made ?? '') ?? []);
    expect(scripts.length).toBeGreaterThan(2);
    for (const script of scripts)
      expect(existsSync(new URL(`../../../../${script}`, import.meta.url)), script).toBe(true);
  });
});

test.each([
  [undefined, 'inception-pool3 in params.networks of set, which this metric needs'],
  [['i3d-kinetics-400'], 'inception-pool3 in params.networks of set, which this metric needs'],
  [['inception-pool3'], undefined],
])('a graph that expects FID and names %j is refused before it runs, or not', (networks, expected) => {
  const document = {
    format: 1,
    name: 'set',
    nodes: { set: { stage: 'film-set-evaluation@1', ...(networks && { params: { networks } }) } },
    edges: [],
    expect: [{ metric: 'set.fid', atMost: 10 }],
  };
  const graph = parseGraph(JSON.stringify(document), { path: 'set.json' });
  const errors = validateGraph(graph, createRegistry([filmSetStage]));
  expect(errors.find(({ code }) => code === 'graph.missing-network')?.expected).toBe(expected);
});

test('random weights give no figure of a published name', async () => {
  const { draws } = readGolden<{ lpips: { draws: Draw[] } }>().lpips;
  const folder = randomNetwork('lpips', draws).replace(/\/model\.onnx$/, '');
  const ctx = stageContext({ model: () => Promise.resolve(folder) });
  await expect(openNetwork('lpips-alex', 'model.onnx', ctx)).rejects.toMatchObject({
    code: 'model.layout',
    expected: 'the published network',
    got: 'random weights, seed 3',
  });
  await expect(openNetwork('inception-pool3', 'model.onnx', ctx)).rejects.toMatchObject({ got: 'lpips-alex' });
});
