import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepInside, keepStateInside } from '../src/index.ts';
import { freshFolder, run } from './fixture/workbench.ts';

const one = {
  format: 1,
  name: 'one',
  inputs: { line: { type: 'text', default: 'hello' } },
  nodes: { it: { stage: 'count@1' }, all: { stage: 'total@1' } },
  edges: ['line -> it.text', 'it.value -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
};

test.each(['out', 'out/one', 'out/one/deep/er'])('a link at "%s" is followed to no place outside', async (place) => {
  const folder = freshFolder();
  const [project, home] = [join(folder, 'project'), join(folder, 'home')];
  const rooms = { folders: [project], option: '--out' };
  mkdirSync(join(project, place, '..'), { recursive: true });
  mkdirSync(home);
  symlinkSync(home, join(project, place));
  const refused = { code: 'run.outside-project', phase: 'before-run' };
  await expect(keepInside(join(project, place), rooms)).rejects.toMatchObject(refused);
  await expect(keepInside(join(project, place, 'not/there/yet'), rooms)).rejects.toMatchObject(refused);
  // What a person names elsewhere is their own.
  await keepInside(home, rooms);
});

test('a link that leads nowhere, or to itself, is refused; one within the project is not', async () => {
  const project = freshFolder();
  const rooms = { folders: [project], option: '--out' };
  symlinkSync(join(project, '../nowhere-at-all'), join(project, 'dangling'));
  symlinkSync('itself', join(project, 'itself'));
  mkdirSync(join(project, 'real'));
  symlinkSync('real', join(project, 'within'));
  for (const name of ['dangling', 'itself'])
    await expect(keepInside(join(project, name, 'x'), rooms)).rejects.toMatchObject({ code: 'run.outside-project' });
  await keepInside(join(project, 'within', 'x'), rooms);
});

test('a state folder with a link in the place of a folder is refused', async () => {
  const project = freshFolder();
  const rooms = { folders: [project], option: '--store' };
  for (const place of ['store', 'store/blobs/ab', 'runs/20260101-000000-aaaa', 'history']) {
    const state = join(project, place.replaceAll('/', '-'));
    mkdirSync(join(state, place, '..'), { recursive: true });
    await keepStateInside(state, rooms);
    symlinkSync('/tmp', join(state, place));
    await expect(keepStateInside(state, rooms)).rejects.toMatchObject({ code: 'run.outside-project' });
  }
});

test('a run.json from a stranger removes no file but what a run wrote', async () => {
  const folder = freshFolder();
  const out = join(folder, 'out');
  mkdirSync(out);
  writeFileSync(join(out, 'thesis.txt'), 'years of work');
  writeFileSync(join(folder, 'secret.txt'), 'outside');
  symlinkSync(join(folder, 'secret.txt'), join(out, 'link.txt'));
  const names = ['thesis.txt', 'link.txt', '../secret.txt'];
  writeFileSync(
    join(out, 'run.json'),
    JSON.stringify({
      outputs: Object.fromEntries(names.map((name) => [name, {}])),
      formerOutputs: names,
      files: Object.fromEntries(names.map((name) => [name, '0'.repeat(64)])),
    }),
  );
  expect(await run(folder, one)).toMatchObject({ status: 'done' });
  expect(readdirSync(out).sort()).toEqual(['link.txt', 'run.json', 'sum.txt', 'thesis.txt']);
  expect(readFileSync(join(out, 'thesis.txt'), 'utf8')).toBe('years of work');
  expect(existsSync(join(folder, 'secret.txt'))).toBe(true);
});

test('a file that a person changed after a run made it is not removed', async () => {
  const folder = freshFolder();
  await run(folder, one);
  writeFileSync(join(folder, 'out/sum.txt'), 'my own words');
  await run(folder, { ...one, outputs: { 'total.txt': 'all.page' } });
  expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe('my own words');
});
