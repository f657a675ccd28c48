import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needsNatsServer, runOver, serve, startWorker } from './fixture/cluster-bench.ts';
import { freshFolder, run } from './fixture/workbench.ts';

needsNatsServer();

/** 3 clips, each + 1 then + 10, summed: 36. */
const chain = {
  format: 1,
  name: 'chain',
  seed: 7,
  nodes: { clips: { stage: 'count@1' }, near: { stage: 'add@1' }, far: { stage: 'add@1', params: { amount: 10 } }, all: { stage: 'total@1' } },
  edges: ['clips.value -> near.value', 'near.sum -> far.value', 'far.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page', 'far.json': 'far.sum' },
  expect: [{ metric: 'all.sum', atLeast: 30 }],
};

describe('a run over a cluster', () => {
  test('gives the digests that the embedded transport gives, on three workers that share no disk', async () => {
    const server = await serve();
    await Promise.all([startWorker(server), startWorker(server), startWorker(server)]);
    const folder = freshFolder();
    const over = await runOver(server, folder, chain);
    expect(over.failures).toEqual([]);
    expect(over).toMatchObject({ status: 'done', executed: 8, cached: 0 });
    expect(readFileSync(join(folder, 'out/sum.txt'), 'utf8')).toBe('the sum is 36');
    const embedded = await run(freshFolder(), chain);
    const digests = ({ tasks }: typeof over): unknown => tasks.map(({ id, key, outputs }) => ({ id, key, outputs }));
    expect(digests(over)).toEqual(digests(embedded));
    const again = await runOver(server, freshFolder(), chain);
    expect(again).toMatchObject({ status: 'done', executed: 0, cached: 8 });
  });
});
