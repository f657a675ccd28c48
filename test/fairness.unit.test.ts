import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keptFolder, ROOT, runJson, soliloquy } from './fixture/command.ts';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('graphs/fairness.json at tiny gives every figure by group of people', async () => {
  const graph = join(ROOT, 'graphs/fairness.json');
  const ended = await soliloquy(folder, ['run', graph, '--size', 'tiny', '--store', 'store']);
  expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(runJson(folder, 'fairness').status).toBe('done');
  const { values } = JSON.parse(readFileSync(join(folder, 'out/fairness/groups.json'), 'utf8')) as {
    values: Record<string, number>;
  };
  expect(values.people).toBe(3);
  for (const figure of ['identity:dlib', 'sharpness:face'])
    for (const by of ['gender', 'skinTone']) expect(values).toHaveProperty([`${figure}/${by}/gap`]);
  expect(readFileSync(join(folder, 'out/fairness/groups.html'), 'utf8')).toContain('Figures by group');
}, 480_000);
