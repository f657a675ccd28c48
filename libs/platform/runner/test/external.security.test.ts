import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readWorkerConfig, withExternalBackbones, WorkerConfigError } from '../src/index.ts';
import { sumOf, sums } from './fixture/cluster-bench.ts';
import { stages } from './fixture/stages.ts';
import { freshFolder, run } from './fixture/workbench.ts';

const externalStages = new URL('./fixture/external-stages.ts', import.meta.url).href;

/** Runs `sums` with a shell script of this machine as backbone of `add`. */
async function runScript(
  script: string,
  settings: object = {},
  ms = 0,
): Promise<{ folder: string; result: Awaited<ReturnType<typeof run>> }> {
  const folder = freshFolder();
  const program = join(folder, 'adder');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  writeFileSync(
    join(folder, 'worker.json'),
    JSON.stringify({
      backbones: {
        'add/script': {
          version: 1,
          title: 'Script',
          threads: 1,
          command: [program, '{inputs}', '{outputs}'],
          ...settings,
        },
      },
    }),
  );
  process.env.SOLILOQUY_WORKER_CONFIG = join(folder, 'worker.json');
  process.env.A_SECRET = 'hunter2';
  onTestFinished(() => {
    delete process.env.SOLILOQUY_WORKER_CONFIG;
    delete process.env.A_SECRET;
  });
  return {
    folder,
    result: await run(folder, sums(2, 5, ms, { backbone: 'script' }), { registryModule: externalStages }),
  };
}

const ADD =
  'echo "progress 1/2 adding"; echo "scalar loss 3 -2.5e-1"; ' +
  'echo $(( $(cat "$1/value/number.json") + 5 )) > "$2/sum/number.json"';

describe('a command as backbone', () => {
  test('computes from files in its scratch folder, which goes with the task', async () => {
    const { folder, result } = await runScript(`pwd > "$0.where"; cp task.json "$0.task"; ${ADD}`);
    expect(result.failures).toEqual([]);
    expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe(sumOf(2, 5));
    const where = readFileSync(join(folder, 'adder.where'), 'utf8').trim();
    expect(where.startsWith(join(folder, 'scratch'))).toBe(true);
    expect(existsSync(where)).toBe(false);
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'task-scalar', element: 'it[0]', name: 'loss', step: 3, value: -0.25 }),
    );
    expect(JSON.parse(readFileSync(join(folder, 'adder.task'), 'utf8'))).toMatchObject({
      stage: 'add',
      backbone: 'script',
      params: { amount: 5, ms: 0 },
      threads: 1,
    });
  });

  test('sees the variables that the configuration names, and no others', async () => {
    const { folder } = await runScript(`/usr/bin/env > "$0.env"; ${ADD}`, { environment: ['PATH'] });
    const names = readFileSync(join(folder, 'adder.env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names).toContain('PATH');
    // Those that the shell makes itself, and the one that finds again what a killed worker left.
    expect(names.filter((name) => !['PATH', 'PWD', 'SHLVL', '_', 'OLDPWD', 'SOLILOQUY_TASK'].includes(name))).toEqual(
      [],
    );
  });

  test('is ended with all that it started when its time is over', async () => {
    const { folder, result } = await runScript('(sleep 4; echo late > "$0.late") & sleep 60', { seconds: 0.5 });
    expect(result.failures[0]).toMatchObject({ code: 'task.command-timeout' });
    expect(result.failures[0].message).toMatch(
      /^add\.script: expected .*adder to end within 0\.5 s, got nothing; allow it more/,
    );
    await setTimeout(4500);
    expect(existsSync(join(folder, 'adder.late'))).toBe(false);
  });

  test.skipIf(process.platform !== 'linux')('cannot take more memory than it may', async () => {
    const grab = `Buffer.alloc(3e9, 1); require("fs").writeFileSync("big", "")`;
    const greedy = `${process.execPath} -e '${grab}' || exit 9; ${ADD}`;
    const { result } = await runScript(greedy, { memoryMiB: 1500 });
    expect(result.failures[0]).toMatchObject({ code: 'task.command-failed' });
    expect((await runScript(ADD, { memoryMiB: 1500 })).result.status).toBe('done');
  });

  test.each([
    [
      'fails',
      'echo "no such model" >&2; exit 3',
      /^add\.script: expected .*adder to end with 0, got 3 \("no such model"\); run it by hand/,
    ],
    [
      'leaves nothing',
      'true',
      /^add\.script\.sum: expected the command to leave files in outputs\/sum, got none; mend it$/,
    ],
    [
      'leaves something else',
      'echo nonsense > "$2/sum/number.json"',
      /^add\.script\.sum: expected files of a number, got number\.json: /,
    ],
  ])('that %s is a failure with one message', async (_what, script, message) => {
    const { result } = await runScript(script);
    expect(result.failures[0].code).toBe('task.command-failed');
    expect(result.failures[0].message).toMatch(message);
  });
});

describe('what a graph says', () => {
  test('never becomes a command: params reach it as data only', async () => {
    const folder = freshFolder();
    const { result } = await runScript(ADD);
    expect(result.status).toBe('done');
    for (const document of [
      { command: ['touch', join(folder, 'pwned')] },
      { backbone: 'script; touch pwned' },
      { params: { amount: 5, command: 'touch' } },
    ]) {
      await expect(
        run(
          folder,
          {
            format: 1,
            name: 'evil',
            nodes: { clips: { stage: 'count@1' }, it: { stage: 'add@1', ...document } },
            edges: ['clips.value -> it.value'],
          },
          { registryModule: externalStages },
        ),
      ).rejects.toThrow();
    }
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});

describe("a worker's configuration", () => {
  test.each([
    ['is no JSON', '{', /expected a worker's configuration as JSON, got /],
    [
      'has an unknown setting',
      '{"backbones":{"add/x":{"version":1,"title":"X","shell":true}}}',
      /got backbones\.add\/x: /,
    ],
    [
      'names a variable with a value',
      '{"backbones":{"add/x":{"version":1,"title":"X","environment":["A=b"]}}}',
      /got backbones\.add\/x\.environment\.0: /,
    ],
  ])('that %s is refused by name', (_what, text, message) => {
    const path = join(freshFolder(), 'worker.json');
    writeFileSync(path, text);
    expect(() => readWorkerConfig(path)).toThrow(message);
  });

  test.each([
    [
      'a stage that is not installed',
      'sculpt/x',
      /backbones\.sculpt\/x: expected a stage that is installed, got "sculpt"/,
    ],
    [
      'a backbone that the stage has',
      'add/plain',
      /backbones\.add\/plain: expected a name that add has not, got "plain"/,
    ],
  ])('that adds to %s is refused', (_what, name, message) => {
    expect(() =>
      withExternalBackbones(stages, {
        backbones: { [name]: { version: 1, title: 'X', summary: '', threads: 1, seconds: 1, environment: [] } },
      }),
    ).toThrow(message);
    expect(() =>
      withExternalBackbones(stages, {
        backbones: { [name]: { version: 1, title: 'X', summary: '', threads: 1, seconds: 1, environment: [] } },
      }),
    ).toThrow(WorkerConfigError);
  });
});
