import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, type RunRecord } from '@soliloquy/tools/artifact-digests';
import { keptFolder, ROOT, runJson, soliloquy, type RunJson } from './fixture/command.ts';

interface Graph {
  readonly nodes: Readonly<Record<string, { readonly stage: string; readonly params?: Record<string, unknown> }>>;
  readonly edges: readonly string[];
}

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By graph: what each branch has that the first has not; a branch on models of its own has another training. */
const BRANCHES: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>> = {
  'ablation-losses': {
    none: {},
    vsd: { vsd: 0.5 },
    traj: { traj: 1 },
    both: { traj: 1, vsd: 0.5 },
    shuffled: { vsd: 0.5, teacherHears: 'another' },
    'more-steps': { steps: 1200 },
    'more-clips': {},
  },
  'ablation-parts': {
    all: {},
    'no-embedding': {},
    'no-patches': {},
    'no-hybrid': { traj: 0, vsd: 0 },
    'no-vsd': { vsd: 0 },
    'no-traj': { traj: 0 },
  },
};
/** Figures of tiny runs, on one architecture with two threads. */
const golden = JSON.parse(readFileSync(join(ROOT, 'test/golden/ablations-tiny.json'), 'utf8')) as {
  arch: string;
  digests: Record<string, Record<string, string>>;
};
const graphOf = (name: string): Graph => JSON.parse(readFileSync(join(ROOT, `graphs/${name}.json`), 'utf8')) as Graph;

describe.each(Object.keys(BRANCHES))('graphs/%s.json', (name) => {
  const graph = graphOf(name);
  const branches = Object.entries(BRANCHES[name]);
  const paramsOf = (branch: string) => graph.nodes[`distill-${branch}`].params ?? {};
  /** What leads into a node, but for branches of its own. */
  const sources = (node: string, port: string): string[] =>
    graph.edges.filter((edge) => edge.endsWith(` -> ${node}.${port}`)).map((edge) => edge.split(' -> ')[0]);

  test('has branches that differ by what they are named after alone, and keep no variance by force', () => {
    const [[first]] = branches;
    const distilling = Object.keys(graph.nodes).filter((node) => node.startsWith('distill-'));
    expect(distilling).toEqual(branches.map(([branch]) => `distill-${branch}`));
    for (const [branch, differs] of branches) {
      expect(paramsOf(branch), branch).toEqual({ ...paramsOf(first), ...differs });
      expect(paramsOf(branch)).toMatchObject({ keepVariance: false });
      for (const port of ['voices', 'tracks', 'filmVoices', 'gaussians', 'image'])
        expect(sources(`distill-${branch}`, port), branch).toEqual(sources(`distill-${first}`, port));
      for (const port of ['truthTracks', 'truthPoints', 'audio'])
        expect(sources(`eval-${branch}`, port), branch).toEqual(sources(`eval-${first}`, port));
    }
  });

  test('fits together', async () => {
    const ended = await soliloquy(folder, ['validate', join(ROOT, `graphs/${name}.json`)]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('judges by sentences and films that nothing was learned from', () => {
    expect(graph.nodes['held-lines'].params).toMatchObject({ from: 125, axis: 'held' });
    const lines = Object.entries(graph.nodes).filter(([, { stage }]) => stage.startsWith('corpus@'));
    const spans = lines.map(([, { params }]) => [Number(params?.from), Number(params?.from) + Number(params?.count)]);
    spans.sort(([a], [b]) => a - b);
    spans.slice(1).forEach(([from], i) => expect(from).toBeGreaterThanOrEqual(spans[i][1]));
  });
});

describe.each(Object.keys(golden.digests))('graphs/%s.json at tiny', (name) => {
  let record: RunJson;
  beforeAll(async () => {
    const graph = join(ROOT, `graphs/${name}.json`);
    const ended = await soliloquy(folder, ['run', graph, '--size', 'tiny', '--threads', '2', '--store', 'store']);
    expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
    record = runJson(folder, name);
  }, 480_000);

  test('gives all figures of every branch', () => {
    for (const branch of Object.keys(BRANCHES[name])) {
      const { values } = JSON.parse(readFileSync(join(folder, 'out', name, `${branch}.json`), 'utf8')) as {
        values: Record<string, number>;
      };
      for (const figure of ['fvmd:tracks', 'acc-err:points:mouth', 'variance:points:body', 'lip-likeness:points'])
        expect(values, branch).toHaveProperty(figure);
    }
  });

  test('comes to the bytes that it came to when it was written', ({ skip }) => {
    skip(process.arch !== golden.arch, `the digests were made on ${golden.arch}`);
    const made = digestsOf(record as RunRecord);
    const figures = Object.entries(made).filter(([artifact]) => artifact.startsWith('eval-'));
    expect(Object.fromEntries(figures)).toEqual(golden.digests[name]);
  });
});
