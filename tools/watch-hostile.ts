import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { HOSTILE_FOLDERS, SECRET, type HostileFolder } from '@soliloquy/testing';
import { ROOT } from './kills/command.ts';
import { judgeTrace } from './strace/judge-trace.ts';

/**
 * Runs commands in every hostile folder under `strace -f` and says what they did that they should not: a file outside
 * opened for writing or removed, one read that is none of the program's, a connection, a program but Node. Linux with
 * strace, by hand. Exit 1 where there is any.
 *
 *     node tools/watch-hostile.ts [--only TEXT] [COMMAND...]     validate, plan and run unless told
 */
const { values, positionals } = parseArgs({
  options: { only: { type: 'string', default: '' } },
  allowPositionals: true,
});
const commands = positionals.length > 0 ? positionals : ['validate', 'plan', 'run'];
const stages = join(ROOT, 'libs/platform/runner/test/fixture/stages.ts');
/** Its own, and its repository's: the commit that it was built from is read there. */
const ROOTS = [
  resolve(ROOT),
  resolve(ROOT, execFileSync('git', ['rev-parse', '--git-common-dir'], { cwd: ROOT, encoding: 'utf8' }).trim()),
];
let [traces, calls] = [0, 0];
const seen: string[] = [];
for (const hostile of HOSTILE_FOLDERS.filter(({ name }) => name.includes(values.only)))
  for (const command of commands) watch(hostile, command);
for (const sentence of seen) console.log(sentence);
console.log(`${traces} commands, ${calls} system calls looked at: ${seen.length} that should not be`);
process.exitCode = seen.length > 0 ? 1 : 0;

function watch(hostile: HostileFolder, command: string): void {
  const both = realpathSync(mkdtempSync(join(tmpdir(), 'soliloquy-watched-')));
  const [folder, home, state] = ['project', 'home', 'state'].map((name) => join(both, name));
  mkdirSync(folder);
  mkdirSync(join(home, '.ssh'), { recursive: true });
  for (const [name, text] of [
    ['secret.txt', SECRET],
    ['keep.txt', 'mine'],
    ['.ssh/authorized_keys', 'my key'],
  ])
    writeFileSync(join(home, name), text);
  hostile.fill(folder, home);
  const trace = join(both, 'trace');
  const bin = join(ROOT, 'apps/cli/bin/soliloquy.js');
  const { status, signal } = spawnSync(
    'strace',
    [
      '-ff',
      '-y',
      '-s',
      '256',
      '-e',
      'trace=%file,%process,%network',
      '-o',
      join(both, 'trace'),
      process.execPath,
      bin,
      command,
      hostile.graph,
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        TMPDIR: join(both, 'tmp'),
        SOLILOQUY_STAGES: stages,
        XDG_STATE_HOME: state,
      },
      stdio: 'ignore',
      timeout: 300_000,
    },
  );
  const lines = readdirSync(both)
    .filter((name) => name.startsWith('trace.'))
    .flatMap((name) => readFileSync(`${trace}.${name.slice(6)}`, 'utf8').split('\n'));
  const found = judgeTrace(lines, {
    roots: ROOTS,
    folder,
    home,
    node: process.execPath,
    temporary: join(both, 'tmp'),
  });
  traces++;
  calls += lines.length;
  if (signal !== null) seen.push(`${command} in a folder with ${hostile.name}: ended by ${signal}`);
  seen.push(...found.map((sentence) => `${command} in a folder with ${hostile.name}: ${sentence}`));
  console.error(`${command} in a folder with ${hostile.name}: ${status}, ${lines.length} calls, ${found.length} found`);
  rmSync(both, { recursive: true, force: true });
}
