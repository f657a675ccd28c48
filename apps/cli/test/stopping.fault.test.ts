import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freshProject, processesWith, readJson, soliloquy, start } from './fixture/command.ts';

/** Quick clips, then slow ones that never look up. */
const slow = {
  format: 1,
  name: 'slow',
  nodes: {
    clips: { stage: 'count@1' },
    quick: { stage: 'add@1' },
    slow: { stage: 'add@1', backbone: 'stubborn', params: { ms: 1000 } },
    all: { stage: 'total@1' },
  },
  edges: ['clips.value -> quick.value', 'quick.sum -> slow.value', 'slow.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
};

async function untilGone(mark: string, withinMs: number): Promise<number[]> {
  const end = performance.now() + withinMs;
  while (performance.now() < end && processesWith(mark).length > 0) await setTimeout(50);
  return processesWith(mark);
}

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s stops every worker within two seconds, exits 130 and says so in run.json',
    async (signal) => {
      const folder = freshProject({ 'slow.json': slow });
      // As many slow ones as two cores begin at once: a third could take slow[0]'s place for its whole minute.
      const running = start(folder, ['run', 'slow.json', '--set', 'slow.ms=60000', '--set', 'clips.count=2']);
      await running.until('slow[0]: started');
      const stopped = performance.now();
      running.child.kill(signal);
      const { code, stdout, stderr } = await running.ended;
      expect(performance.now() - stopped).toBeLessThan(2000);
      expect(code).toBe(130);
      expect(stdout).toContain('cancelled: ');
      expect(stderr).toBe('');
      expect(processesWith(folder)).toEqual([]);
      expect(readJson(folder, 'out/slow/run.json')).toMatchObject({ status: 'cancelled', outputs: {} });
    },
  );
});

describe('kill -9 of the runner', () => {
  test('leaves no worker behind, and --resume completes without redoing what was finished', async () => {
    const folder = freshProject({ 'slow.json': slow });
    const running = start(folder, ['run', 'slow.json']);
    await running.until('slow[0]: started');
    running.child.kill('SIGKILL');
    const { stdout } = await running.ended;
    const finished = [...stdout.matchAll(/^(\S+): done/gm)].map(([, element]) => element);
    expect(finished).toEqual(expect.arrayContaining(['clips', 'quick[0]']));
    expect(await untilGone(folder, 2000)).toEqual([]);

    const resumed = await soliloquy(folder, 'run', 'slow.json', '--resume');
    expect(resumed.code).toBe(0);
    const run = /run (\S+)/.exec(stdout)?.[1];
    expect(resumed.stdout).toContain(`run ${run} (resumed)`);
    for (const element of finished) expect(resumed.stdout).toContain(`${element}: cached\n`);
    const record = readJson(folder, 'out/slow/run.json') as { cached: number; executed: number };
    expect(record).toMatchObject({ run, resumed: true, status: 'done' });
    // One may have been stored and not been told of when the runner was killed.
    expect(record.cached).toBeGreaterThanOrEqual(finished.length);
    expect([record.cached + record.executed, record.executed > 0]).toEqual([8, true]);
  });
});

describe('kill -9 of a worker', () => {
  test('in the middle of a task has the task done again, and the run completes', async () => {
    const folder = freshProject({ 'slow.json': slow });
    const running = start(folder, ['run', 'slow.json', '--json']);
    const so = await running.until('"type":"task-started","node":"slow"');
    const worker = /"type":"task-started","node":"slow".*?"worker":"(\d+)"/.exec(so)?.[1];
    process.kill(Number(worker), 'SIGKILL');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /"type":"task-retried","node":"slow","element":"slow\[\d\]","why":"its worker was killed by SIGKILL","attempt":2/,
    );
    for (const line of stdout.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});
