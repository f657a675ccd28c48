import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findResult, foreignSystem, gigabytes, ProgressReader } from '../src/index.ts';

test('bars of tqdm are progress, and those within a part count on', () => {
  const reader = new ProgressReader();
  const bar = ' 42%|████▏     | 21/50 [05:36<07:44, 16.02s/it]';
  expect(reader.read(bar)).toEqual({ done: 21, total: 50 });
  expect(reader.read('[2/3]')).toEqual({ done: 1, total: 3, note: 'part 2' });
  expect(reader.read(bar)).toEqual({ done: 71, total: 150 });
  expect(reader.read('Loading checkpoint shards: 100%|██████████| 2/2 [00:01<00:00,  1.20it/s]')).toEqual({
    done: 2,
    total: 2,
    note: 'Loading checkpoint shards',
  });
  expect(reader.read('progress 3/10 three')).toEqual({ done: 3, total: 10, note: 'three' });
  for (const line of ['', 'loaded 3/10 of it', '100% | done', '[INFO] 2/3']) expect(reader.read(line)).toBeUndefined();
});

function folderWith(...files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'result-'));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file.includes('empty') ? '' : file);
  }
  return folder;
}

const place = { where: 'clips', patterns: ['out/*/res_7_*/result_000*.mp4'], elsewhere: ['out/**/*7*/**/*.mp4'] };

test('a result is where the documentation says', async () => {
  const folder = folderWith('out/a/res_7_x/result_000.mp4', 'out/a/res_8_x/result_000.mp4');
  expect(await findResult({ ...place, folder })).toEqual({
    path: join(folder, 'out/a/res_7_x/result_000.mp4'),
    isElsewhere: false,
  });
});

test('one file under another name is taken, and said to have it', async () => {
  const folder = folderWith('out/a/res_7_x/film.mp4', 'out/a/res_7_x/empty.mp4');
  expect(await findResult({ ...place, folder })).toEqual({
    path: join(folder, 'out/a/res_7_x/film.mp4'),
    isElsewhere: true,
  });
});

test.each([
  ['none', [], /got none; run it by hand/],
  ['an empty one', ['out/a/res_7_x/empty.mp4'], /got none/],
  ['two that may be meant', ['out/a/res_7_x/a.mp4', 'out/a/res_7_x/b.mp4'], /got several files: .*a\.mp4.*b\.mp4/],
])('%s is a failure that says where it was looked for', async (_what, files, message) => {
  const folder = folderWith(...files);
  await expect(findResult({ ...place, folder })).rejects.toMatchObject({
    code: 'task.command-failed',
    message: expect.stringMatching(message),
  });
});

test('a system says of itself what a backbone needs, once', () => {
  const { backbone } = foreignSystem({
    name: 'fake',
    title: 'Fake',
    source: 'https://example.org/fake',
    commit: 'a'.repeat(40),
    terms: { licence: { name: 'MIT', url: 'https://example.org/fake/LICENSE' } },
    gpuMiB: gigabytes(36),
    files: ['run.py'],
    programs: ['python'],
  });
  expect(backbone.gpuMiB).toBe(34332);
  expect(backbone.needs[0]).toMatchObject({
    kind: 'checkout',
    system: 'fake',
    what: 'a checkout of Fake (MIT, 36 GB of GPU memory)',
    remedy: expect.stringContaining('checkouts.fake'),
  });
});
