import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDiskStore } from '@soliloquy/artifacts';
import { openMp4 } from '@soliloquy/media';
import { executedNodes, keptFolder, ROOT, runJson, soliloquy, type RunJson } from './fixture/command.ts';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the store keeps of a task: what it was made of. */
interface Made {
  readonly stage: string;
  readonly backbone: string;
  /** digests */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
}

const run = (graph: string) => soliloquy(folder, ['run', graph, '--size', 'tiny', '--store', 'store']);
const PRESET = join(ROOT, 'graphs/hybrid-data.json');

let record: RunJson;
beforeAll(async () => {
  expect(await run(PRESET)).toMatchObject({ code: 0, stderr: '' });
  record = runJson(folder, 'hybrid-data');
}, 240_000);

test('two subjects with clips of each video model: a task for every clip, one avatar and one film a subject', () => {
  const tasks = Object.fromEntries(Object.entries(record.nodes).map(([name, node]) => [name, node.tasks]));
  expect(tasks).toMatchObject({ subject: 1, picture: 2, avatar: 2, training: 2, film: 2 });
  expect(tasks).toMatchObject({ clips: 2, puppetClips: 2, openClips: 2, fit: 2, puppetFit: 2, openFit: 2 });
  const of = (name: string): string[] => [0, 1].map((subject) => name.replace('*', String(subject)));
  expect(readdirSync(join(folder, 'out/hybrid-data'))).toEqual(
    expect.arrayContaining(
      ['avatar-*.ply', 'film-*.mp4', 'clip-*.mp4', 'puppet-clip-*.mp4', 'open-clip-*.mp4'].flatMap(of),
    ),
  );
});

test('the lineage of a training names the video model of every clip, and which of them read the prompt', async () => {
  const store = await openDiskStore(join(folder, 'store/store'));
  const made = await Promise.all(
    record.tasks.map(async ({ key, outputs }) => {
      const ingredients = (await store.getResult(key))?.about?.ingredients as Made;
      return { ...ingredients, outputs: Object.values(outputs) };
    }),
  );
  const behind = ({ inputs }: Made, port: string): Made[] =>
    [inputs[port] ?? []].flat().flatMap((digest) => made.find(({ outputs }) => outputs.includes(digest)) ?? []);
  const trainings = made.filter(({ stage }) => stage === 'motion-training');
  expect(trainings).toHaveLength(2);
  for (const training of trainings) {
    const clips = behind(training, 'deformation').flatMap((fit) => behind(fit, 'video'));
    expect(clips.map(({ stage, backbone, inputs }) => [stage, backbone, 'prompt' in inputs])).toEqual([
      ['video-diffusion', 'latent-flow', false],
      ['video-diffusion', 'puppet', false],
      ['video-diffusion', 'puppet', true],
    ]);
  }
});

test('the subjects are not the same person, and say the same words', async () => {
  const read = (name: string): Buffer => readFileSync(join(folder, 'out/hybrid-data', name));
  expect(read('avatar-0.ply').equals(read('avatar-1.ply'))).toBe(false);
  const films = await Promise.all([0, 1].map((subject) => openMp4(read(`film-${subject}.mp4`), 'film')));
  expect(films[0].frames).toBe(films[1].frames);
  expect(films[0].audio).toEqual(films[1].audio);
});

test('without one of the video models only what its clips taught runs again', async () => {
  const preset = JSON.parse(readFileSync(PRESET, 'utf8')) as { nodes: Record<string, object> };
  const nodes = { ...preset.nodes, clips: { ...preset.nodes.clips, skip: 'mute' } };
  const graph = join(folder, 'hybrid-data.json');
  writeFileSync(graph, JSON.stringify({ ...preset, $schema: undefined, nodes }));
  const { code, stderr } = await run(graph);
  expect(code).toBe(0);
  expect(stderr).toContain('clips: muted');
  const touched = ['alignment', 'training', 'sampling', 'motion', 'film', 'mark'];
  expect(executedNodes(runJson(folder, 'hybrid-data')).sort()).toEqual(touched.sort());
  expect(await run(PRESET)).toMatchObject({ code: 0, stderr: '' });
  expect(runJson(folder, 'hybrid-data').executed).toBe(0);
}, 240_000);

test('at the size of the paper each subject has 120 clips that were heard and 4 with its prompt', () => {
  const preset = JSON.parse(readFileSync(PRESET, 'utf8')) as {
    nodes: Record<string, { backbone: string }>;
    sizes: Record<string, Record<string, number>>;
  };
  const counts = ['lines', 'puppetLines', 'openLines'].map((node) => preset.sizes.paper[`${node}.count`]);
  expect(counts).toEqual([60, 60, 4]);
  expect([preset.nodes.clips.backbone, preset.nodes.puppetClips.backbone]).toEqual(['latent-flow', 'puppet']);
});
