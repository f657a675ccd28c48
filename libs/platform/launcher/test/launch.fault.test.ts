import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isRunning } from '@soliloquy/testing';
import { launch, type Launch } from '../src/index.ts';

const onLinux = process.platform === 'linux';

/** Runs a program of JavaScript; `said` is every line that it wrote. */
async function runProgram(
  text: string,
  given: Partial<Launch> = {},
): Promise<{ said: string[]; thrown: unknown; ms: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'launch-'));
  const program = join(folder, 'program.mjs');
  writeFileSync(program, text);
  const said: string[] = [];
  const began = performance.now();
  const thrown = await launch({
    where: 'clips.fake',
    program: process.execPath,
    args: [program],
    folder,
    environment: { PATH: process.env.PATH ?? '' },
    seconds: 30,
    signal: new AbortController().signal,
    settings: 'systems.fake in your configuration',
    ...given,
    line: (line) => {
      said.push(line);
      given.line?.(line);
    },
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { said, thrown, ms: performance.now() - began };
}

/** Starts a child in a session of its own, as torchrun does, says its number, and goes on. */
const WITH_CHILD =
  `import { spawn } from 'node:child_process';\n` +
  `const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], ` +
  `{ cwd: '/', detached: true, stdio: 'ignore' });\nchild.unref();\nconsole.log('child', child.pid);\n`;

function childIn(said: readonly string[]): number {
  return Number(said.find((line) => line.startsWith('child'))?.slice('child '.length));
}

/** What was killed may still be listed for a moment. */
async function ends(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 40 && isRunning(pid); tries++) await setTimeout(50);
  return !isRunning(pid);
}

test('arguments reach a program as they are: no shell reads them', async () => {
  const { said, thrown } = await runProgram('', {
    args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '$(id)', 'a b', '*', '"; rm x', 'ü@@é'],
  });
  expect(thrown).toBeUndefined();
  expect(JSON.parse(said[0])).toEqual(['$(id)', 'a b', '*', '"; rm x', 'ü@@é']);
});

test('what a bar overwrites is a line of its own', async () => {
  const { said } = await runProgram(`process.stderr.write('a\\rb\\r\\nc\\n')`);
  expect(said).toEqual(['a', 'b', 'c']);
});

test.each([
  ['fails half-way', `console.log('step 3'); process.exit(7)`, 'task.command-failed', /got 7 \("step 3"\); run it by/],
  ['is killed', `process.kill(process.pid, 'SIGKILL')`, 'task.command-failed', /got SIGKILL/],
])('a program that %s is one failure with its last words', async (_what, text, code, message) => {
  const { thrown } = await runProgram(text);
  expect(thrown).toMatchObject({ code, message: expect.stringMatching(message) });
});

test('a program that is not there is told before anything starts', async () => {
  const { thrown } = await runProgram('', { program: 'no-such-program' });
  expect(thrown).toMatchObject({ code: 'task.command-missing' });
});

test('one that says nothing for too long is ended, and all that it started', async () => {
  const text = `${WITH_CHILD}console.log('loading');\nsetInterval(() => {}, 1000);`;
  const { said, thrown, ms } = await runProgram(text, { silence: 0.7 });
  expect(thrown).toMatchObject({
    code: 'task.command-silent',
    message: expect.stringMatching(/a word of .* within 0\.7 s, got none after "loading"; run it by hand/),
  });
  expect(ms).toBeLessThan(5000);
  if (onLinux) expect(await ends(childIn(said))).toBe(true);
});

test('one that goes on talking is not silent', async () => {
  const text = `let n = 0; const t = setInterval(() => { console.log(++n); if (n === 8) clearInterval(t); }, 150);`;
  expect((await runProgram(text, { silence: 0.7 })).thrown).toBeUndefined();
});

test.skipIf(!onLinux)('cancelled, it ends with what it started in sessions of its own', async () => {
  const stop = new AbortController();
  const text = `process.on('SIGTERM', () => {});\n${WITH_CHILD}console.log('ready');\nsetInterval(() => {}, 1000);`;
  const { said, thrown, ms } = await runProgram(text, {
    signal: stop.signal,
    line: (line) => line === 'ready' && stop.abort(new Error('cancelled')),
  });
  expect(thrown).toMatchObject({ message: 'cancelled' });
  expect(ms).toBeLessThan(6000);
  expect(await ends(childIn(said))).toBe(true);
});

test.skipIf(!onLinux)('what an orphan of a session of its own goes on with ends with the program', async () => {
  const { said, thrown } = await runProgram(WITH_CHILD);
  expect(thrown).toBeUndefined();
  expect(await ends(childIn(said))).toBe(true);
});
