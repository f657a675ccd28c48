import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { freshProject, soliloquy } from './fixture/command.ts';

const SECRET = 'the-secret-of-the-person';

const graphWith = (value: string): object => ({
  format: 1,
  name: 'one',
  inputs: { line: { type: 'text', default: value } },
  nodes: { it: { stage: 'count@1' } },
  edges: ['line -> it.text'],
});

/** All bytes of the project's state. */
function stored(folder: string): string {
  return readdirSync(join(folder, '.soliloquy'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

test.each(['plan', 'run', 'sweep'])('%s reads nothing outside the project that a document names', async (command) => {
  const home = freshProject();
  writeFileSync(join(home, 'secret.txt'), SECRET);
  const folder = freshProject();
  writeFileSync(join(folder, '.hidden.txt'), SECRET);
  symlinkSync(join(home, 'secret.txt'), join(folder, 'link.txt'));
  execFileSync('mkfifo', [join(folder, 'fifo.txt')]);
  mkdirSync(join(folder, 'graphs'));
  const named = [
    join(home, 'secret.txt'),
    relative(folder, join(home, 'secret.txt')),
    'link.txt',
    'fifo.txt',
    '.hidden.txt',
    '/proc/self/environ',
    '/dev/zero',
    'graphs',
  ];
  for (const path of named) {
    writeFileSync(join(folder, 'one.json'), JSON.stringify(graphWith(`@${path}`)));
    const vary = command === 'sweep' ? ['--vary', 'it.count=1,2', '--json'] : [];
    const ended = await soliloquy(folder, command, 'one.json', ...vary);
    expect(ended, path).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^one\.inputs\.line: expected .*, got .*; /);
    expect(stored(folder), path).not.toMatch(new RegExp(`${SECRET}|XDG_STATE_HOME`));
  }
});

test('what a person gives is their own, and still no FIFO is waited for', async () => {
  const home = freshProject();
  writeFileSync(join(home, 'mine.txt'), 'four');
  execFileSync('mkfifo', [join(home, 'fifo')]);
  const folder = freshProject({ 'one.json': graphWith('hello') });
  const plan = (path: string): ReturnType<typeof soliloquy> =>
    soliloquy(folder, 'plan', 'one.json', '--input', `line=@${join(home, path)}`);
  expect(await plan('mine.txt')).toMatchObject({ code: 0, stderr: '' });
  expect(await plan('fifo')).toMatchObject({ code: 2 });
  expect(await soliloquy(folder, 'validate', join(home, 'fifo'))).toMatchObject({ code: 2 });
});
