import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deformationFitStage } from '@soliloquy/deformation-fit';
import { catalogueOf, catalogueRegistry, createRegistry, parseGraph, partNotes, validateGraph } from '@soliloquy/graph';
import { withExternalBackbones } from '@soliloquy/runner';
import { defineStage } from '@soliloquy/stage';
import { stages } from '../apps/cli/src/stages.ts';
import { ROOT } from './fixture/command.ts';

interface Loose {
  inputs: Record<string, object>;
  nodes: Record<string, { stage: string; backbone?: string; params?: object }>;
  edges: string[];
  sizes: Record<string, Record<string, unknown>>;
}

/** The quickstart with something changed, judged here and from a catalogue, as a page judges it. */
function judged(change: (graph: Loose) => void, external: object = {}): { errors: string[]; notes: string[] } {
  const doc = JSON.parse(readFileSync(join(ROOT, 'graphs/quickstart.json'), 'utf8')) as Loose;
  change(doc);
  const graph = parseGraph(JSON.stringify(doc), { path: 'test.json' });
  const backbones = {
    'video-diffusion/omni': { version: 1, title: 'Omni', threads: 'all', command: ['true'], ...external },
  };
  const installed = createRegistry(withExternalBackbones(stages, { backbones } as never));
  const [here, there] = [installed, catalogueRegistry(catalogueOf(installed))].map((registry) => ({
    errors: validateGraph(graph, registry).map(({ message }) => message),
    notes: partNotes(graph, registry),
  }));
  expect(there).toEqual(here);
  return here;
}
const omni = (graph: Loose): void => {
  graph.nodes.clips = { stage: 'video-diffusion@1', backbone: 'omni' };
  for (const values of Object.values(graph.sizes))
    for (const name of Object.keys(values)) if (name.startsWith('clips.')) delete values[name];
};

test('the quickstart lacks nothing', () => {
  expect(judged(() => {})).toEqual({ errors: [], notes: [] });
});

test('a film of a person has no matte: the fit refuses it when the graph is read', () => {
  const { errors } = judged((graph) => {
    graph.inputs.recorded = { type: 'video' };
    graph.edges[graph.edges.indexOf('clips.video -> fit.video')] = 'recorded -> fit.video';
  });
  expect(errors).toContain(
    'fit.video: expected a video with its matte, got the file that a person gives for "recorded", which has none in ' +
      '"recorded -> fit.video"; let a node make the video',
  );
});

test('what a renderer draws over its background has none either', () => {
  const { errors } = judged((graph) => {
    graph.edges[graph.edges.indexOf('truth.video -> truth-fit.video')] = 'film.video -> truth-fit.video';
  });
  expect(errors).toContain(
    'truth-fit.video: expected a video with its matte, got one without it from film.video of "rasteriser" in ' +
      '"film.video -> truth-fit.video"; connect another node',
  );
});

test('of a command it is said beforehand; refused where its configuration says that it has none', () => {
  expect(judged(omni)).toEqual({
    errors: [],
    notes: [
      'fit.video needs the matte: clips.video of "omni" must have it (say "lacks" in its configuration, where it has ' +
        'not, or {} where it has)',
    ],
  });
  expect(judged(omni, { lacks: {} })).toEqual({ errors: [], notes: [] });
  expect(judged(omni, { lacks: { video: ['matte'] } })).toEqual({
    errors: [
      'fit.video: expected a video with its matte, got one without it from clips.video of "omni" in "clips.video -> ' +
        'fit.video"; choose backbone one of puppet, latent-flow, omniavatar, hunyuan-video-avatar, echomimic-v2, ' +
        'wan2.1-i2v, wan2.2-s2v, persona, command, or another node',
    ],
    notes: [],
  });
  expect(() => judged(omni, { lacks: { video: ['mat'] } })).toThrow(
    /^backbones\.video-diffusion\/omni: expected outputs of the stage and parts of their types, got video: mat; /,
  );
});

test('a stage asks for parts that its port has', () => {
  const { inputs } = deformationFitStage;
  expect(() =>
    defineStage({
      ...deformationFitStage,
      inputs: { ...inputs, background: { ...inputs.background, needs: ['matte'] } },
    }),
  ).toThrow('deformation-fit.inputs.background.needs: expected parts of image (it has none), got matte; correct');
});
