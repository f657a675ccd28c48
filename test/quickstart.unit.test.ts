import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAvatar } from '@soliloquy/avatar-file';
import { openMp4 } from '@soliloquy/media';
import { findNatsServer, NO_NATS_SERVER, startNatsServer } from '@soliloquy/testing';
import { BIN, keptFolder, ROOT, runJson, soliloquy as command, type Ended, type RunJson } from './fixture/command.ts';

/** Far above what the tiny size takes on two busy cores. */
const PATIENCE_MS = 240_000;
/** Takes what `talk` leaves: test/talk.unit.test.ts runs it. */
const SPEAK = 'graphs/speak.json';

const folder = keptFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command on the quickstart, in a folder of its own, with a store of its own. */
function soliloquy(place: string, name: string, ...args: string[]): Promise<Ended> {
  const cwd = join(folder, place);
  mkdirSync(cwd, { recursive: true });
  return command(cwd, [
    name,
    join(ROOT, 'graphs/quickstart.json'),
    '--size',
    'tiny',
    '--store',
    join(cwd, 'store'),
    ...args,
  ]);
}

const recordOf = (place: string): RunJson => runJson(join(folder, place), 'quickstart');

describe('the quickstart at its tiny size', () => {
  let record: RunJson;

  beforeAll(async () => {
    const { code, stderr } = await soliloquy('first', 'run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    record = recordOf('first');
  }, PATIENCE_MS);

  test('makes a film with sound at 25 frames a second, an avatar and a report', async () => {
    const at = (name: string): Buffer => readFileSync(join(folder, 'first/out/quickstart', name));
    const film = await openMp4(at('film.mp4'), 'film.mp4');
    expect(film.fps).toBe(25);
    expect(film.frames).toBeGreaterThan(0);
    expect(film.audio).toBeDefined();
    expect(at('avatar.ply').subarray(0, 4).toString()).toBe('ply\n');
    const { manifest } = await readAvatar(new Uint8Array(at('person.avatar')));
    expect(manifest).toMatchObject({ version: 1, fps: 25, background: { width: 128, height: 192 } });
    expect(at('report.html').toString()).toMatch(/^<!doctype html>/i);
    expect(record).toMatchObject({ status: 'done', nodes: { clips: { tasks: 2 }, fit: { tasks: 2 } } });
  });

  test(
    'executes nothing the second time',
    async () => {
      expect(await soliloquy('first', 'run')).toMatchObject({ code: 0 });
      expect(recordOf('first')).toMatchObject({ executed: 0, outputs: record.outputs });
    },
    PATIENCE_MS,
  );

  test(
    'comes to the same digests in another store',
    async () => {
      expect(await soliloquy('second', 'run')).toMatchObject({ code: 0 });
      const digests = ({ tasks }: RunJson): object[] => tasks.map(({ task, key, outputs }) => ({ task, key, outputs }));
      expect(digests(recordOf('second'))).toEqual(digests(record));
    },
    PATIENCE_MS,
  );

  test(
    'comes to the same digests over NATS with three workers that share no disk, by the commands of the README',
    async ({ skip }) => {
      skip(findNatsServer() === undefined, NO_NATS_SERVER);
      const server = await startNatsServer();
      const workers = [1, 2, 3].map((at) => {
        const cwd = join(folder, `worker-${at}`);
        mkdirSync(cwd);
        // One of them offers a thread only: weights that it trains are those of as many threads as the run was planned
        // with.
        return spawn(
          process.execPath,
          [BIN, 'worker', '--nats', server.url, '--store', 'store', ...(at === 1 ? ['--threads', '1'] : [])],
          { cwd, stdio: 'ignore' },
        );
      });
      try {
        expect(await soliloquy('nats', 'run', '--nats', server.url)).toMatchObject({ code: 0, stderr: '' });
        const digests = ({ tasks }: RunJson): object[] =>
          tasks.map(({ task, key, outputs }) => ({ task, key, outputs }));
        expect(digests(recordOf('nats'))).toEqual(digests(record));
      } finally {
        for (const worker of workers) worker.kill('SIGKILL');
        await server.stop();
      }
    },
    PATIENCE_MS,
  );

  test(
    're-executes what comes after a changed param and no more, and the plan says why',
    async () => {
      const change = ['--set', 'report.title=Another'];
      const plan = await soliloquy('first', 'plan', ...change);
      const toRun = plan.stdout.split('\n').filter((line) => line.includes('to run'));
      expect(toRun.map((line) => line.replace(/ +/, ' '))).toEqual([
        'report to run: params.title "Quickstart" -> "Another"',
      ]);
      expect(await soliloquy('first', 'run', ...change)).toMatchObject({ code: 0 });
      expect(recordOf('first').executed).toBe(1);
    },
    PATIENCE_MS,
  );

  describe('with the commands of the README', () => {
    const commands = shellCommands(readFileSync(join(ROOT, 'README.md'), 'utf8'));
    // Those of a cluster need one: the test over NATS calls them.
    const here = commands.filter(
      ([name, ...rest]) =>
        ['run', 'plan', 'doctor', 'sweep'].includes(name) && !rest.includes('--nats') && !rest.includes(SPEAK),
    );

    test('knows all of them: what does not run here, test/talk.unit.test.ts runs', () => {
      expect(here.length).toBeGreaterThan(3);
      // test/write-your-own.unit.test.ts runs the recipes of `new`.
      const others = commands.filter(
        (given) => !here.includes(given) && !given.includes('--nats') && given[0] !== 'new',
      );
      // `compare`, `runs` and `serve` are called by apps/cli/test/serve-and-sweep.unit.test.ts, `live` and `pack` by
      // live-and-pack.unit.test.ts, `verify` by verify.unit.test.ts, `forget` and `gc` by forget.unit.test.ts.
      expect(others).toEqual([
        ['talk', '--image', 'photo.jpg', '--audio', 'voice.wav', '-o', 'film.mp4'],
        ['talk', '--image', 'photo.jpg', '--audio', 'voice.wav', '--quick'],
        ['run', SPEAK, '--input', 'avatar=out/talk/person.avatar', '--input', 'voice=other.wav'],
        ['live', 'out/talk/person.avatar'],
        ['pack', 'out/talk/person.avatar', '-o', 'person.html'],
        ['verify', 'film.mp4'],
        ['talk', '--image', 'photo.jpg', '--audio', 'voice.wav', '--consent', 'c.json'],
        ['forget', '--image', 'photo.jpg', '--audio', 'voice.wav'],
        ['gc', '--older-than', '30d'],
        ['compare', 'out/quickstart', 'out/other'],
        ['runs', 'quickstart', '--figure', 'fit.psnr'],
        ['serve', 'graphs/quickstart.json'],
      ]);
    });

    test.each(here.map((given) => [given.join(' '), given] as const))(
      'soliloquy %s does what it says',
      async (_line, given) => {
        const cwd = join(folder, 'first');
        if (!existsSync(join(cwd, 'graphs'))) symlinkSync(join(ROOT, 'graphs'), join(cwd, 'graphs'));
        const tiny =
          given[0] === 'doctor' ? [] : [...(given.includes('--size') ? [] : ['--size', 'tiny']), '--store', 'store'];
        const { code, stdout, stderr } = await command(cwd, [...given, ...tiny]);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        if (given[0] === 'doctor') expect(stdout).toMatch(/^ +here +onnxruntime cpu /m);
        else if (given[0] === 'plan') expect(stdout).toMatch(/^sampling +to run: params\.steps 5 -> 50$/m);
        else if (given[0] === 'sweep') expect(stdout).toMatch(/sampling\.steps/);
        else expect(stdout).toMatch(/^ {2}film\.mp4 +out\/quickstart\/film\.mp4$/m);
      },
      PATIENCE_MS,
    );
  });
});

describe('the presets', () => {
  const paths = ['quickstart', 'talk', 'hybrid-data', 'speak'].map((name) => join(ROOT, 'graphs', `${name}.json`));

  test('are valid, formatted, of the installed stages, and differ in what they say they do', async () => {
    mkdirSync(join(folder, 'presets'));
    const at = (...args: string[]): Promise<Ended> => command(join(folder, 'presets'), args);
    expect((await at('validate', ...paths)).stdout.match(/: valid, \d+ nodes$/gm)).toHaveLength(4);
    expect(await at('fmt', '--check', ...paths)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await at('migrate', ...paths)).stderr.match(/: up to date$/gm)).toHaveLength(4);
    const { code, stdout } = await at('diff', paths[0], paths[1]);
    expect(code).toBe(0);
    expect(stdout).toContain('evaluation');
    expect((await at('diff', paths[0], paths[0])).stdout).not.toContain('evaluation');
  });
});

/** Arguments of every `npx soliloquy …` in the shell blocks of a page, comments left out. */
function shellCommands(markdown: string): string[][] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block]) => [...block.matchAll(/^npx soliloquy ([^#\n]*)/gm)])
    .map(([, line]) => (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', '')));
}
