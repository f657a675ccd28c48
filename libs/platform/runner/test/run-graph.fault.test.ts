import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRunning } from '@soliloquy/testing';
import { freshFolder, run } from './fixture/workbench.ts';

const one = (node: object, more: object = {}, count = 2): object => ({
  format: 1,
  name: 'one',
  nodes: { clips: { stage: 'count@1', params: { count } }, it: node, all: { stage: 'total@1' } },
  edges: ['clips.value -> it.value', 'it.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
  ...more,
});

describe('a worker that dies', () => {
  test('costs one attempt: the task is retried and the run completes', async () => {
    const folder = freshFolder();
    const tally = join(folder, 'tally');
    const result = await run(
      folder,
      one({ stage: 'add@1', backbone: 'fragile', params: { deaths: 2, tally } }, {}, 1),
      { threads: 1 },
    );
    expect(result.status).toBe('done');
    expect(result.events.filter(({ type }) => type === 'task-retried')).toHaveLength(2);
    expect(result.tasks.find(({ id, attempts }) => id.node === 'it' && attempts === 3)).toBeDefined();
    expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe('the sum is 1');
  });

  test('more often than three times fails the task, with the signal in the message', async () => {
    const folder = freshFolder();
    const result = await run(
      folder,
      one({ stage: 'add@1', backbone: 'fragile', params: { deaths: 99, tally: join(folder, 'tally') } }, {}, 1),
      { threads: 1 },
    );
    expect(result.status).toBe('failed');
    expect(result.failures[0]).toMatchObject({ code: 'task.worker-lost', element: 'it[0]' });
    expect(result.failures[0].message).toMatch(
      /^it\[0\]: expected its worker to finish, got one that was killed by SIGKILL, 3 times/,
    );
    expect(readFileSync(join(folder, 'tally'), 'utf8')).toBe('+++');
    expect(existsSync(join(folder, 'scratch'))).toBe(false);
  });
});

describe('a task that fails', () => {
  test('is not retried, says what its stage said, and stops the run', async () => {
    const folder = freshFolder();
    const result = await run(folder, one({ stage: 'add@1', backbone: 'refusing' }));
    expect(result.status).toBe('failed');
    expect(result.failures).toMatchObject([
      { code: 'stage.too-odd', message: 'add.value: expected an even number, got an odd one; count to another' },
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8'))).toMatchObject({
      status: 'failed',
      failures: [{ code: 'stage.too-odd' }],
      outputs: {},
    });
    expect(existsSync(join(folder, 'out/sum.txt'))).toBe(false);
  });

  test('leaves the files of the run before, says that they are not its own, and the next run clears them', async () => {
    const folder = freshFolder();
    const record = (): object => JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8')) as object;
    await run(folder, one({ stage: 'add@1' }));
    for (let twice = 0; twice < 2; twice++) {
      await run(folder, one({ stage: 'add@1', backbone: 'refusing' }));
      expect(record()).toMatchObject({ status: 'failed', outputs: {}, formerOutputs: ['sum.txt'] });
      expect(existsSync(join(folder, 'out/sum.txt'))).toBe(true);
    }
    await run(folder, one({ stage: 'add@1' }, { outputs: { 'total.txt': 'all.page' } }));
    expect(record()).toMatchObject({ status: 'done', formerOutputs: [] });
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['run.json', 'total.txt']);
  });

  test('by a bug is one line, not a stack trace', async () => {
    const result = await run(freshFolder(), one({ stage: 'add@1', backbone: 'buggy' }));
    expect(result.failures[0].code).toBe('soliloquy.internal');
    expect(result.failures[0].message).toMatch(
      /^it\[\d\]: expected a result, got TypeError: undefined is not a number; report this/,
    );
    expect(result.failures[0].message).not.toContain('\n');
  });

  test('with keepGoing leaves what is independent to finish', async () => {
    const graph = one(
      { stage: 'add@1', backbone: 'refusing' },
      { edges: ['clips.value -> it.value', 'clips.value -> other.value', 'it.sum -> all.values'] },
    ) as { nodes: object };
    const both = { ...graph, nodes: { ...graph.nodes, other: { stage: 'add@1', params: { ms: 200 } } } };
    expect((await run(freshFolder(), both)).tasks.filter(({ id }) => id.node === 'other')).toHaveLength(0);
    expect(
      (await run(freshFolder(), both, { keepGoing: true })).tasks.filter(({ id }) => id.node === 'other'),
    ).toHaveLength(2);
  });
});

describe('an artifact that is damaged in the store', () => {
  const graph = one({ stage: 'add@1' });

  test('is found by its digest and made again, wherever it stands in the graph', async () => {
    const folder = freshFolder();
    const first = await run(folder, graph);
    const blobs = readdirSync(join(folder, 'store/blobs'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const damage = (blob: (typeof blobs)[number]): void => {
      const path = join(blob.parentPath, blob.name);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1] ^= 1;
      chmodSync(path, 0o644);
      writeFileSync(path, bytes);
    };
    expect(blobs.length).toBeGreaterThan(4);
    for (const damaged of [blobs.slice(0, 1), blobs.slice(-1), blobs]) {
      damaged.forEach(damage);
      const again = await run(folder, graph);
      expect(again.status).toBe('done');
      expect(again.executed).toBeGreaterThan(0);
      expect(again.outputs).toEqual(first.outputs);
      expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe('the sum is 3');
    }
  });
});

describe('an out folder that cannot be written', () => {
  test('is refused before anything runs', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(run(folder, one({ stage: 'add@1' }), { out: join(folder, 'file', 'out') })).rejects.toThrow(
      /^--out: expected a folder that can be written, got \w+ at /,
    );
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  test('is refused like a state folder that cannot be, where even making a folder never returns', async () => {
    const folder = freshFolder();
    await expect(run(folder, one({ stage: 'add@1' }), { out: '/proc/out' })).rejects.toThrow(
      /^--out: expected a folder that can be written, got ENOENT at \/proc\/out; /,
    );
    writeFileSync(join(folder, 'runs'), '');
    await expect(run(folder, one({ stage: 'add@1' }))).rejects.toThrow(
      /runs: expected room for the journal of a run, got \w+; /,
    );
  });

  test('keeps no half-written file when an output cannot be put in place', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'out/sum.txt/taken'), { recursive: true });
    const result = await run(folder, one({ stage: 'add@1' }));
    expect(result.status).toBe('failed');
    expect(result.failures[0].message).toMatch(/sum\.txt: expected to write \d+ bytes, got EISDIR/);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['run.json', 'sum.txt']);
    expect(statSync(join(folder, 'out/sum.txt')).isDirectory()).toBe(true);
  });
});

describe('a cancelled run', () => {
  test('ends within two seconds even while a worker never looks up, and says so in run.json', async () => {
    const folder = freshFolder();
    const stop = new AbortController();
    let pid = 0;
    let stopped = 0;
    const result = await run(folder, one({ stage: 'add@1', backbone: 'stubborn', params: { ms: 60_000 } }), {
      threads: 1,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type !== 'task-started' || event.node !== 'it') return;
        pid = Number(event.worker);
        setTimeout(() => {
          stopped = performance.now();
          stop.abort();
        }, 300);
      },
    });
    expect(performance.now() - stopped).toBeLessThan(2000);
    expect(result.status).toBe('cancelled');
    expect(isRunning(pid)).toBe(false);
    expect(JSON.parse(readFileSync(join(folder, 'out/run.json'), 'utf8'))).toMatchObject({
      status: 'cancelled',
      executed: 1,
    });
    const resumed = await run(folder, one({ stage: 'add@1', backbone: 'stubborn', params: { ms: 60_000 } }), {
      signal: AbortSignal.abort(),
      resume: true,
    });
    expect(resumed).toMatchObject({ run: result.run, status: 'cancelled' });
  });
});
