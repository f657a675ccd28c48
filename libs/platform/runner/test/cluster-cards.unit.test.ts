import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listWorkers } from '../src/cluster/index.ts';
import { needsNatsServer, reach, runOver, serve, startWorker, sumOf, sums } from './fixture/cluster-bench.ts';
import { freshFolder } from './fixture/workbench.ts';

needsNatsServer();

const card = (memoryMiB: number): { index: number; memoryMiB: number }[] => [{ index: 0, memoryMiB }];

test('a worker whose card is taken leaves the next task to one that joins with a free card', async () => {
  const server = await serve();
  const first = await startWorker(server, { threads: 4, gpus: card(40_000) });
  let second: ReturnType<typeof startWorker> | undefined;
  const folder = freshFolder();
  const over = await runOver(server, folder, sums(2, 11, 8000, { backbone: 'carded' }), {
    onEvent: (event) => {
      if (event.type !== 'task-started' || event.node !== 'it') return;
      second ??= startWorker(server, { threads: 4, gpus: card(81_559) });
    },
  });
  expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe(sumOf(2, 11));
  const workers = over.tasks.filter(({ id }) => id.node === 'it').map(({ worker }) => worker);
  expect(workers.toSorted()).toEqual([first.id, (await second)?.id].toSorted());
  expect(over.tasks.every(({ attempts }) => attempts === 1)).toBe(true);
});

test('a worker without a card that is large enough does not offer what needs one', async () => {
  const server = await serve();
  const small = await startWorker(server, { threads: 4, gpus: card(24_564) });
  const large = await startWorker(server, { threads: 1, gpus: card(40_000) });
  const workers = await listWorkers(await reach(server));
  const offers = (id: string): boolean =>
    workers.find((each) => each.id === id)?.capabilities.some((each) => each.includes('.carded_1.')) ?? false;
  expect([offers(small.id), offers(large.id)]).toEqual([false, true]);
  expect(workers.find(({ id }) => id === small.id)?.findings).toEqual([
    { name: 'add/carded', here: false, detail: 'no card of 34332 MiB' },
  ]);
  expect(small.said()).toContain('note: does not offer add/carded: no card of 34332 MiB');
  const over = await runOver(server, freshFolder(), sums(3, 12, 0, { backbone: 'carded' }));
  expect(over).toMatchObject({ status: 'done', failures: [] });
  const done = over.tasks.filter(({ id }) => id.node === 'it').map(({ worker }) => worker);
  expect(new Set(done)).toEqual(new Set([large.id]));
});
