import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freshFolder, run } from './fixture/workbench.ts';

afterEach(() => {
  delete process.env.FIXTURE_LOG;
});

describe('the embedded transport', () => {
  test('keeps the threads of all tasks at work within the budget, whatever they want', async () => {
    const folder = freshFolder();
    process.env.FIXTURE_LOG = join(folder, 'log');
    const node = (backbone: string): object => ({ stage: 'add@1', backbone, params: { ms: 60 } });
    const result = await run(
      folder,
      {
        format: 1,
        name: 'mixed',
        nodes: { clips: { stage: 'count@1' }, narrow: node('plain'), two: node('two'), wide: node('wide') },
        edges: ['clips.value -> narrow.value', 'clips.value -> two.value', 'clips.value -> wide.value'],
      },
      { threads: 3 },
    );
    expect(result.status).toBe('done');
    let out = 0;
    let most = 0;
    for (const line of readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')) {
      const [what, threads] = line.split(' ');
      out += what === 'begin' ? Number(threads) : -Number(threads);
      most = Math.max(most, out);
    }
    expect(most).toBe(3);
    expect(out).toBe(0);
    const widths = result.tasks
      .filter(({ id }) => id.node !== 'clips')
      .map(({ id, threads }) => `${id.node} ${threads}`);
    expect(new Set(widths)).toEqual(new Set(['narrow 1', 'two 2', 'wide 3']));
  });

  test('keeps a process for the next task: ten tasks on one thread start one worker', async () => {
    const folder = freshFolder();
    const workers = new Set<string>();
    await run(
      folder,
      {
        format: 1,
        name: 'ten',
        nodes: { clips: { stage: 'count@1', params: { count: 10 } }, it: { stage: 'add@1' } },
        edges: ['clips.value -> it.value'],
      },
      { threads: 1, onEvent: (event) => void (event.type === 'task-started' && workers.add(event.worker)) },
    );
    expect(workers.size).toBe(1);
  });

  test("gives a caller's threads to the operation that it calls, although both want the whole machine", async () => {
    const folder = freshFolder();
    const result = await run(
      folder,
      {
        format: 1,
        name: 'calls',
        nodes: {
          clips: { stage: 'count@1' },
          ask: { stage: 'add@1', backbone: 'asking', params: { amount: 5 } },
          all: { stage: 'total@1' },
        },
        edges: ['clips.value -> ask.value', 'ask.sum -> all.values'],
        outputs: { 'all.json': 'all.sum' },
      },
      { threads: 2 },
    );
    expect(result.failures).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, 'out/all.json'), 'utf8'))).toBe(2 * (0 + 1 + 2) + 3 * 5);
  });
});
