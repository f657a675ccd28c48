import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { findNatsServer, isRunning, NO_NATS_SERVER } from '@soliloquy/testing';
import { listDead } from '../src/cluster/index.ts';
import { parseDuration } from '../src/index.ts';
import { durationWords } from '../src/transport/task-deadline.ts';
import { reach, runOver, serve, startWorker, sums } from './fixture/cluster-bench.ts';
import { freshFolder, run, type BenchRun } from './fixture/workbench.ts';

vi.setConfig({ testTimeout: 180_000 });

const externalStages = new URL('./fixture/external-stages.ts', import.meta.url).href;

/** Long enough for a worker to start on a busy machine. */
const DEADLINE_MS = 4000;

/** One task without an end beside one that ends, and what comes of each. */
const two = (endless: object): object => ({
  format: 1,
  name: 'two',
  nodes: {
    clips: { stage: 'count@1', params: { count: 1 } },
    endless: { stage: 'add@1', ...endless },
    after: { stage: 'total@1' },
    quick: { stage: 'add@1', params: { amount: 7 } },
    beside: { stage: 'total@1' },
  },
  edges: [
    'clips.value -> endless.value',
    'endless.sum -> after.values',
    'clips.value -> quick.value',
    'quick.sum -> beside.values',
  ],
});
const STUBBORN = two({ backbone: 'stubborn', params: { ms: 600_000 } });
const FAULT = {
  node: 'endless',
  element: 'endless[0]',
  code: 'task.deadline',
  message:
    'endless[0]: expected to end within its deadline of 4s, got a task still at work, whose worker was ended; ' +
    'allow more with --task-deadline (e.g. 48h), or ask it for less',
};

/** Nodes of which everything was made. */
const made = ({ tasks }: BenchRun): string[] => tasks.map(({ id }) => id.node);

describe('a task past its deadline', () => {
  test('fails with what to do, and a fresh worker goes on with what does not depend on it', async () => {
    const folder = freshFolder();
    const result = await run(folder, STUBBORN, { keepGoing: true, deadlineMs: DEADLINE_MS });
    expect(result.status).toBe('failed');
    expect(result.failures).toEqual([expect.objectContaining(FAULT)]);
    expect(made(result)).toEqual(['clips', 'quick', 'beside']);
    const begun = result.events.filter((event) => event.type === 'task-started');
    expect(begun.filter(({ node }) => node === 'endless')).toHaveLength(1);
    expect(begun.map(({ node }) => node)).not.toContain('after');
    const by = (node: string): string | undefined => begun.find((event) => event.node === node)?.worker;
    expect(by('beside')).not.toBe(by('endless'));
  });

  test('is the same task whatever its deadline was', async () => {
    const folder = freshFolder();
    expect((await run(folder, sums(2, 3), { deadlineMs: 60_000 })).status).toBe('done');
    const again = await run(folder, sums(2, 3), { deadlineMs: 90_000 });
    expect(again.tasks.every(({ cached }) => cached)).toBe(true);
  });

  test.skipIf(process.platform !== 'linux')('takes its command along, in sessions and daemons too', async () => {
    const folder = freshFolder();
    const program = join(folder, 'adder');
    const started = join(folder, 'started');
    // Deaf to SIGTERM, with a child in a session and a folder of its own, and one that nobody is the parent of.
    const script = [
      'trap "" TERM',
      `(cd / && exec setsid sleep 600) & echo $! >> ${started}`,
      `(setsid sleep 601 & echo $! >> ${started})`,
      `echo $$ >> ${started}`,
      'sleep 602',
    ];
    writeFileSync(program, `#!/bin/sh\n${script.join('\n')}\n`);
    chmodSync(program, 0o755);
    writeFileSync(
      join(folder, 'worker.json'),
      JSON.stringify({ backbones: { 'add/script': { version: 1, title: 'Script', threads: 1, command: [program] } } }),
    );
    process.env.SOLILOQUY_WORKER_CONFIG = join(folder, 'worker.json');
    onTestFinished(() => void delete process.env.SOLILOQUY_WORKER_CONFIG);
    const result = await run(folder, two({ backbone: 'script' }), {
      registryModule: externalStages,
      deadlineMs: DEADLINE_MS,
    });
    expect(result.failures).toMatchObject([{ element: 'endless[0]', code: 'task.deadline' }]);
    const pids = readFileSync(started, 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(3);
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
  });

  test('fails over a cluster by its worker, which goes on; what was given up can be tried again', async ({ skip }) => {
    skip(findNatsServer() === undefined, NO_NATS_SERVER);
    const server = await serve();
    await startWorker(server, { deadlineMs: DEADLINE_MS });
    const result = await runOver(server, freshFolder(), STUBBORN, { keepGoing: true });
    expect(result.failures).toEqual([expect.objectContaining(FAULT)]);
    expect(made(result)).toEqual(['clips', 'quick', 'beside']);
    expect(result.events.filter(({ type }) => type === 'task-retried')).toEqual([]);
    expect(await listDead(await reach(server))).toMatchObject([{ kind: 'permanent', label: 'endless[0]' }]);
  });

  test('fails over a cluster by its run, whatever deadline the worker has', async ({ skip }) => {
    skip(findNatsServer() === undefined, NO_NATS_SERVER);
    const server = await serve();
    await startWorker(server);
    const result = await runOver(server, freshFolder(), STUBBORN, { keepGoing: true, deadlineMs: DEADLINE_MS });
    expect(result.failures).toEqual([expect.objectContaining(FAULT)]);
    const look = await reach(server);
    await expect.poll(async () => (await look.manager.streams.info('SOLILOQUY_WORK')).state.messages).toBe(0);
  });
});

test.each([
  ['90s', 90_000, '90s'],
  ['30m', 1_800_000, '30m'],
  ['1.5h', 5_400_000, '90m'],
  ['0.25s', 250, '0.25s'],
  ['0s', undefined, ''],
  ['600h', undefined, ''],
  ['10', undefined, ''],
  ['-1h', undefined, ''],
  ['1d', undefined, ''],
])('"%s" as a deadline is %s ms', (text, ms, words) => {
  expect(parseDuration(text)).toBe(ms);
  if (ms !== undefined) expect(durationWords(ms)).toBe(words);
});
