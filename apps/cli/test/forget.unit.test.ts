import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { encodePng } from '@soliloquy/media';
import { freshProject, start } from './fixture/command.ts';

const SOLILOQUY_STAGES = fileURLToPath(new URL('./fixture/picture-stages.ts', import.meta.url));
const GRAPH = {
  format: 1,
  name: 'extent',
  inputs: { picture: { type: 'image' } },
  nodes: { extent: { stage: 'extent@1' } },
  edges: ['picture -> extent.image'],
  outputs: { 'extent.txt': 'extent.words' },
};
/** A picture of one colour, which tells it from others. */
const paint = async (path: string, red: number): Promise<void> => {
  const data = Uint8ClampedArray.from({ length: 256 * 256 * 4 }, (_, i) => [red, 90, 120, 255][i % 4]);
  writeFileSync(path, await encodePng({ width: 256, height: 256, data }));
};
/** In a store of its own: without one, that of the installation is looked through too. */
const ENV = { SOLILOQUY_STAGES, SOLILOQUY_HOME: '.soliloquy' };
const isOpened = (run: string): boolean => readFileSync(join(run, 'journal.jsonl'), 'utf8').includes('"opened"');
const soliloquy = (folder: string, ...args: string[]) => start(folder, args, ENV).ended;

test('soliloquy forget removes what was made from a picture, and tells which copies it knows of', async () => {
  const folder = freshProject({ 'extent.json': GRAPH });
  await paint(join(folder, 'ada.png'), 10);
  await paint(join(folder, 'grace.png'), 200);
  for (const name of ['ada', 'grace']) {
    const ran = await soliloquy(folder, 'run', 'extent.json', '--input', `picture=${name}.png`, '--out', `out/${name}`);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  }
  const would = await soliloquy(folder, 'forget', '--image', 'grace.png', '--dry-run');
  expect(would).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('would remove 2 artifacts and 1 result'),
  });
  const { code, stdout } = await soliloquy(folder, 'forget', '--image', 'grace.png', '--json');
  expect(code).toBe(0);
  const said = JSON.parse(stdout) as { runs: string[]; artifacts: number; results: number; copies: { path: string }[] };
  expect(said).toMatchObject({ artifacts: 2, results: 1, removed: true });
  expect(said.runs).toHaveLength(1);
  expect(said.copies.map(({ path }) => path).sort()).toEqual(
    [join(folder, 'grace.png'), join(folder, 'out/grace/extent.txt')].sort(),
  );
  expect(existsSync(join(folder, '.soliloquy/runs', said.runs[0]))).toBe(false);
  expect(existsSync(join(folder, 'out/grace/extent.txt'))).toBe(true);
  const again = await soliloquy(folder, 'forget', '--image', 'grace.png');
  expect(again.stdout).toMatch(/removed 1 artifact and 0 results .*\nremoved 0 runs\nno copy outside/);
  const ada = await soliloquy(folder, 'run', 'extent.json', '--input', 'picture=ada.png', '--json');
  expect(ada.stdout).toContain('"executed":0');
}, 120_000);

test('soliloquy forget finds a picture that a graph took as a file, under another name', async () => {
  const graph = {
    ...GRAPH,
    inputs: { picture: { type: 'file' } },
    nodes: { extent: { stage: 'weigh@1' } },
    edges: ['picture -> extent.file'],
  };
  const folder = freshProject({ 'extent.json': graph });
  await paint(join(folder, 'grace.png'), 200);
  expect(await soliloquy(folder, 'run', 'extent.json', '--input', 'picture=grace.png')).toMatchObject({ code: 0 });
  renameSync(join(folder, 'grace.png'), join(folder, 'copy.png'));
  const { stdout } = await soliloquy(folder, 'forget', '--image', 'copy.png', '--json');
  // The picture as a file, what was said of it; and, never stored, the picture decoded.
  expect(JSON.parse(stdout)).toMatchObject({ artifacts: 3, results: 1, runs: [expect.any(String)], removed: true });
  expect(
    readdirSync(join(folder, '.soliloquy/store/blobs')).flatMap((two) =>
      readdirSync(join(folder, '.soliloquy/store/blobs', two)),
    ),
  ).toEqual([]);
}, 120_000);

test('soliloquy forget refuses what is no picture, nothing at all, and while a run is under way', async () => {
  const folder = freshProject({ 'extent.json': GRAPH });
  writeFileSync(join(folder, 'words.jpg'), 'words');
  expect(await soliloquy(folder, 'forget')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--image, --audio, --video'),
  });
  const damaged = await soliloquy(folder, 'forget', '--image', 'words.jpg');
  expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('expected a PNG, JPEG or WebP picture') });
  expect(damaged.stderr.trim().split('\n')).toHaveLength(1);
  expect(await soliloquy(folder, 'forget', '--image', 'nowhere.jpg')).toMatchObject({ code: 2 });
  await paint(join(folder, 'grace.png'), 200);
  const slow = { ...GRAPH, nodes: { extent: { stage: 'extent@1', params: {} } } };
  writeFileSync(join(folder, 'extent.json'), JSON.stringify(slow));
  const { child, ended } = start(folder, ['run', 'extent.json', '--input', 'picture=grace.png'], ENV);
  const runs = join(folder, '.soliloquy/runs');
  const begun = (): boolean =>
    existsSync(runs) &&
    readdirSync(runs).some((run) => existsSync(join(runs, run, 'journal.jsonl')) && isOpened(join(runs, run)));
  while (!begun()) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGSTOP');
  const refused = await soliloquy(folder, 'forget', '--image', 'grace.png');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('no run under way') });
  child.kill('SIGCONT');
  expect(await ended).toMatchObject({ code: 0 });
}, 120_000);

test('soliloquy gc keeps what runs name, and says what it would remove', async () => {
  const folder = freshProject({ 'extent.json': GRAPH });
  await paint(join(folder, 'grace.png'), 200);
  await soliloquy(folder, 'run', 'extent.json', '--input', 'picture=grace.png');
  expect(await soliloquy(folder, 'gc', '--dry-run')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^would remove 0 artifacts and 0 results/),
  });
  expect(await soliloquy(folder, 'gc', '--older-than', 'soon')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a time, e.g. 12h, 30d, 8w'),
  });
  expect(await soliloquy(folder, 'gc', '--keep-size', '20G', '--json')).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'out/extent/extent.txt'), 'utf8')).toMatch(/^256 x 256, red 200$/);
}, 120_000);
