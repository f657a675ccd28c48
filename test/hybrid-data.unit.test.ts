import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMp4 } from '@soliloquy/media';
import { keptFolder, ROOT, runJson, soliloquy, type RunJson } from './fixture/command.ts';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let record: RunJson;
beforeAll(async () => {
  expect(
    await soliloquy(folder, ['run', join(ROOT, 'graphs/hybrid-data.json'), '--size', 'tiny', '--store', 'store']),
  ).toMatchObject({ code: 0, stderr: '' });
  record = runJson(folder, 'hybrid-data');
}, 240_000);

test('two subjects with two clips each: a task for every clip, an avatar and a film for every subject', () => {
  const tasks = Object.fromEntries(Object.entries(record.nodes).map(([name, node]) => [name, node.tasks]));
  expect(tasks).toMatchObject({ subject: 1, picture: 2, lines: 1, speech: 2, clips: 4, avatar: 2, fit: 4, film: 2 });
  const files = readdirSync(join(folder, 'out/hybrid-data'));
  expect(files).toEqual(
    expect.arrayContaining([
      'avatar-0.ply',
      'avatar-1.ply',
      'film-0.mp4',
      'film-1.mp4',
      'clip-0-0.mp4',
      'clip-0-1.mp4',
      'clip-1-0.mp4',
      'clip-1-1.mp4',
    ]),
  );
});

test('the subjects are not the same person, and say the same words', async () => {
  const read = (name: string): Buffer => readFileSync(join(folder, 'out/hybrid-data', name));
  expect(read('avatar-0.ply').equals(read('avatar-1.ply'))).toBe(false);
  const films = await Promise.all([0, 1].map((subject) => openMp4(read(`film-${subject}.mp4`), 'film')));
  expect(films[0].frames).toBe(films[1].frames);
  expect(films[0].audio).toEqual(films[1].audio);
});
