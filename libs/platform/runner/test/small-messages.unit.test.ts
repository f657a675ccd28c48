import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startNatsServer } from '@soliloquy/testing';
import { cutToFit } from '../src/cluster/cut-to-fit.ts';
import { followRun, listDead, listWorkers, openCluster } from '../src/cluster/index.ts';
import { openRunLog } from '../src/cluster/run-log.ts';
import type { RunEvent } from '../src/index.ts';
import { needsNatsServer, reach, runOver, serve, startWorker, sumOf, sums } from './fixture/cluster-bench.ts';
import { freshFolder } from './fixture/workbench.ts';

needsNatsServer();

/** The least that is taken. Bytes. */
const LEAST = 32 * 1024;
const COUNT = 500;

async function followed(cluster: Awaited<ReturnType<typeof reach>>, run: string): Promise<RunEvent[]> {
  const heard: RunEvent[] = [];
  for await (const event of followRun(cluster, run, new AbortController().signal)) heard.push(event);
  return heard;
}

test('a run of a task with more inputs than a message holds is done, followed and taken again', async () => {
  const server = await serve({ max_payload: LEAST });
  await Promise.all([startWorker(server), startWorker(server)]);
  const cluster = await reach(server);
  expect(await listWorkers(cluster)).toHaveLength(2);
  // the digests of `all`'s inputs alone are 33 kB, the result of `clips` 130 kB
  const folder = freshFolder();
  const over = await runOver(server, folder, sums(COUNT, 1));
  expect(over).toMatchObject({ failures: [], status: 'done', executed: COUNT + 2, cached: 0 });
  expect(readFileSync(join(folder, 'out', 'sum.txt'), 'utf8')).toBe(sumOf(COUNT, 1));
  const quiet = ({ type }: RunEvent): boolean => type !== 'task-progress';
  expect((await followed(cluster, over.run)).filter(quiet)).toEqual(
    JSON.parse(JSON.stringify(over.events.filter(quiet))),
  );
  const again = await runOver(server, freshFolder(), sums(COUNT, 1));
  expect(again).toMatchObject({ status: 'done', executed: 0, cached: COUNT + 2 });
});

test('what a task says and fails with is cut to a message, and the rest of the run is heard', async () => {
  const server = await serve({ max_payload: LEAST });
  await startWorker(server);
  const cluster = await reach(server);
  const over = await runOver(server, freshFolder(), sums(2, 2, 0, { backbone: 'wordy', params: { words: 200_000 } }));
  expect(over.status).toBe('failed');
  expect(over.failures[0]).toMatchObject({ code: 'stage.wordy' });
  const heard = await followed(cluster, over.run);
  expect(heard.at(-1)).toMatchObject({ type: 'run-finished', status: 'failed' });
  const logged = heard.find(({ type }) => type === 'task-log') as { message: string } | undefined;
  expect(logged?.message).toMatch(/^o{1000,} … \(\d+ characters in all\)$/);
  // it is written after the state that ends the run
  await vi.waitFor(async () => expect(await listDead(cluster)).not.toEqual([]), { timeout: 5000 });
  expect((await listDead(cluster))[0].reason).toMatch(/^it: expected less, got o+…/);
});

test('an event that no message holds is cut, and those around it are heard in order', async () => {
  const server = await serve({ max_payload: LEAST });
  const cluster = await reach(server);
  const log = await openRunLog(cluster, { identity: 'i', graph: 'g', resume: false, onCancel: () => {} });
  const reasons = Array.from({ length: 4000 }, (_, at) => `input values changed (element ${at})`);
  const note = (message: string): RunEvent => ({ type: 'task-log', node: 'it', element: 'it', message });
  const events: RunEvent[] = [
    note('before'),
    { type: 'task-stale', node: 'it', element: 'it', reasons },
    ...Array.from({ length: 300 }, (_, at) => note(`${at} ${'x'.repeat(400)}`)),
    { type: 'run-finished', run: log.run, status: 'done', seconds: 1, executed: 1, cached: 0, record: null },
  ];
  for (const event of events) log.append(event);
  await log.close();
  const heard = await followed(cluster, log.run);
  expect(heard.filter(({ type }) => type !== 'task-stale')).toEqual(events.filter((_, at) => at !== 1));
  const stale = heard[1] as RunEvent & { type: 'task-stale' };
  expect(stale.reasons[0]).toBe(reasons[0]);
  expect(stale.reasons.at(-1)).toMatch(/^… \(\d+ more\)$/);
});

test('a server that takes less than is needed is refused before anything runs', async () => {
  const server = await startNatsServer({ max_payload: 8 * 1024 });
  onTestFinished(() => server.stop());
  await expect(openCluster(server, 'test')).rejects.toMatchObject({
    code: 'cluster.not-set-up',
    message:
      'cluster.max_payload: expected messages of at least 32 KiB, got a server that takes 8 KiB; ' +
      "raise max_payload in the server's configuration (1 MB is its default)",
  });
});

test('what is cut keeps its shape: text loses its end, lists theirs, and short things nothing', () => {
  const value = {
    code: 'a.b',
    text: 'é'.repeat(5000),
    list: Array.from({ length: 900 }, (_, i) => `reason ${i}`),
    n: 7,
  };
  expect(cutToFit(value, 1e6)).toBe(value);
  for (const bytes of [12_000, 3000, 800]) {
    const cut = cutToFit(value, bytes);
    expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThanOrEqual(bytes);
    expect(cut).toMatchObject({ code: 'a.b', n: 7 });
    expect(cut.text).toMatch(/^é+( … \(5000 characters in all\))?$/);
    expect(cut.list[0]).toBe('reason 0');
    expect(cut.list.at(-1)).toMatch(/^(reason 899|… \(\d+ more\))$/);
  }
});
