import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshProject, soliloquy } from './fixture/command.ts';

const graph = {
  format: 1,
  name: 'one',
  inputs: { line: { type: 'text', default: 'hello' } },
  nodes: { it: { stage: 'count@1' }, all: { stage: 'total@1' } },
  edges: ['line -> it.text', 'it.value -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
};

/** A project from a stranger, and a folder of the person's that it points at. */
function hostile(link: string): { folder: string; home: string } {
  const folder = freshProject({ 'one.json': graph });
  const home = freshProject();
  mkdirSync(join(folder, link, '..'), { recursive: true });
  symlinkSync(home, join(folder, link));
  return { folder, home };
}

test.each([
  ['out', ['run', 'one.json']],
  ['out/one', ['run', 'one.json']],
  ['here', ['run', 'one.json', '--out', 'here/deep']],
  ['out/one', ['sweep', 'one.json', '--vary', 'it.count=1,2']],
  ['.soliloquy/store', ['run', 'one.json']],
  ['.soliloquy/store', ['plan', 'one.json']],
])('with a link at "%s", %j exits 2 and writes nothing through it', async (link, args) => {
  const { folder, home } = hostile(link);
  const ended = await soliloquy(folder, ...args);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^.*: expected .*, got .*link.*; /);
  expect(readdirSync(home)).toEqual(['.soliloquy']);
});

test('a place that the person names elsewhere is theirs', async () => {
  const folder = freshProject({ 'one.json': graph });
  const home = freshProject();
  writeFileSync(join(home, 'keep.txt'), 'mine');
  expect(await soliloquy(folder, 'run', 'one.json', '--out', home)).toMatchObject({ code: 0 });
  expect(existsSync(join(home, 'sum.txt'))).toBe(true);
  expect(readFileSync(join(home, 'keep.txt'), 'utf8')).toBe('mine');
});
