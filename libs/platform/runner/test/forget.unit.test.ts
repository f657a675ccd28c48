import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeFiles, diskInventory, openDiskStore } from '@soliloquy/artifacts';
import { findNatsServer, NO_NATS_SERVER } from '@soliloquy/testing';
import { ForgettingCluster, listRuns } from '../src/cluster/index.ts';
import { collectGarbage, forgetTraces, garbageOf, tracesOf } from '../src/index.ts';
import { descentOf } from '../src/kept/lineage.ts';
import { forgetRun } from '../src/kept/run-labels.ts';
import { reach, runOver, serve, startWorker } from './fixture/cluster-bench.ts';
import { words } from './fixture/port-types.ts';
import { freshFolder, run } from './fixture/workbench.ts';

/** Three numbers from the length of a name; each + 10; their sum. */
const graph = (name: string): object => ({
  format: 1,
  name,
  inputs: { name: { type: 'text' } },
  nodes: { clips: { stage: 'count@1' }, it: { stage: 'add@1', params: { amount: 10 } }, all: { stage: 'total@1' } },
  edges: ['name -> clips.text', 'clips.value -> it.value', 'it.sum -> all.values'],
  outputs: { 'sum.txt': 'all.page' },
});
const given = (name: string) => ({ input: { name } });
const digestOf = async (name: string): Promise<string> => describeFiles('text', await words.encode(name)).digest;
/** Everything that a folder holds, as text, but for its store's files that are named after what they hold. */
function filesWith(folder: string, digests: ReadonlySet<string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const text = path + readFileSync(path, 'latin1');
      return [...digests].some((digest) => text.includes(digest));
    });
}

describe('what was made of something', () => {
  let folder: string;
  beforeEach(async () => {
    folder = freshFolder();
    await run(folder, graph('of-ada'), { ...given('Ada'), out: join(folder, 'ada') });
    await run(folder, graph('of-grace'), { ...given('Grace'), out: join(folder, 'grace') });
  });

  test('is found by lineage, without what others made too', async () => {
    const inventory = diskInventory(join(folder, 'store'));
    const { artifacts, results } = await descentOf([inventory], [await digestOf('Grace')]);
    // The count; the sums of 6 and 7, for Ada's count gave 5 too; the total.
    expect(results.size).toBe(1 + 2 + 1);
    // Her name; 6 and 7; 16 and 17; the total's number, page and figures.
    expect(artifacts.size).toBe(1 + 2 + 2 + 3);
  });

  test('is removed, with the runs that made it; the runs of others go on from their results', async () => {
    const store = join(folder, 'store');
    const inventories = [diskInventory(store)];
    const roots = [await digestOf('Grace')];
    const traces = await tracesOf({ stateFolders: [folder], roots, paths: [], inventories });
    expect(traces.runs).toHaveLength(1);
    expect(traces.copies).toMatchObject([{ path: join(folder, 'grace', 'sum.txt'), is: 'written' }]);
    const gone = new Set([...traces.artifacts, ...traces.results]);
    const [contents, others] = [new Set<string>(), new Set<string>()];
    for await (const { ref } of inventories[0].artifacts())
      for (const { digest } of ref.files) (gone.has(ref.digest) ? contents : others).add(digest);
    // A page says always the same in one of its files.
    for (const digest of others) contents.delete(digest);
    expect(contents.size).toBeGreaterThan(5);
    expect(await forgetTraces({ inventories }, traces)).toBeGreaterThan(0);
    for (const place of ['store', 'runs', 'history'])
      expect(filesWith(join(folder, place), new Set([...gone, ...contents]))).toEqual([]);
    const ada = await run(folder, graph('of-ada'), { ...given('Ada'), out: join(folder, 'ada') });
    expect(ada).toMatchObject({ status: 'done', executed: 0, cached: 5 });
    const grace = await run(folder, graph('of-grace'), { ...given('Grace'), out: join(folder, 'again') });
    expect(grace).toMatchObject({ status: 'done', executed: 4, cached: 1 });
  });

  test('is found through a file that one run wrote and another was given', async () => {
    const path = join(folder, 'grace', 'sum.txt');
    await run(folder, graph('of-a-file'), { ...given(`@${path}`), out: join(folder, 'third') });
    const inventories = [diskInventory(join(folder, 'store'))];
    const roots = [await digestOf('Grace')];
    const { runs } = await tracesOf({ stateFolders: [folder], roots, paths: [], inventories });
    expect(runs).toHaveLength(2);
  });

  test('is nothing where nobody was given it', async () => {
    const inventories = [diskInventory(join(folder, 'store'))];
    const roots = [await digestOf('Nobody')];
    const traces = await tracesOf({ stateFolders: [folder], roots, paths: [], inventories });
    expect(traces).toMatchObject({ runs: [], files: [], copies: [] });
    expect(traces.results.size).toBe(0);
  });
});

describe('garbage', () => {
  const age = (folder: string, hours: number): void => {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const then = Date.now() / 1000 - hours * 3600;
        utimesSync(join(entry.parentPath, entry.name), then, then);
      }
  };

  test('is what no run names and is old enough; what runs name stays', async () => {
    const folder = freshFolder();
    const store = join(folder, 'store');
    const inventory = diskInventory(store);
    await run(folder, graph('of-ada'), { ...given('Ada'), out: join(folder, 'ada') });
    const { run: deleted } = await run(folder, graph('of-grace'), { ...given('Grace'), out: join(folder, 'grace') });
    await forgetRun(folder, deleted);
    expect((await garbageOf(folder, inventory, {})).artifacts.size).toBe(0);
    age(store, 30);
    expect((await garbageOf(folder, inventory, { olderThanMs: 48 * 3600e3 })).artifacts.size).toBe(0);
    const garbage = await garbageOf(folder, inventory, {});
    expect(garbage.artifacts.size).toBe(1 + 2 + 2 + 3);
    const few = await garbageOf(folder, inventory, { keepBytes: garbage.all - 1 });
    expect(few.artifacts.size).toBe(1);
    expect((await garbageOf(folder, inventory, { keepBytes: garbage.all })).artifacts.size).toBe(0);
    expect(await collectGarbage(inventory, garbage)).toBeGreaterThan(0);
    expect((await garbageOf(folder, inventory, {})).artifacts.size).toBe(0);
    expect(await run(folder, graph('of-ada'), given('Ada'))).toMatchObject({ status: 'done', executed: 0 });
  });
});

describe('in a cluster', () => {
  beforeEach(({ skip }) => skip(findNatsServer() === undefined, NO_NATS_SERVER));

  test('what was made of something leaves the buckets, the streams and the caches of workers', async () => {
    const server = await serve();
    const worker = await startWorker(server);
    const [ada, grace] = [freshFolder(), freshFolder()];
    await runOver(server, ada, graph('of-ada'), given('Ada'));
    const { run: gone } = await runOver(server, grace, graph('of-grace'), given('Grace'));
    const local = join(grace, 'store');
    await using cluster = await ForgettingCluster.open(server, await openDiskStore(local, { synced: false }));
    const inventories = [diskInventory(local), cluster.inventory];
    const roots = [await digestOf('Grace')];
    const traces = await tracesOf({ stateFolders: [grace], roots, paths: [], inventories });
    expect(traces.results.size).toBe(4);
    expect(await cluster.runsOf(traces)).toEqual([{ run: gone, underWay: false }]);
    expect(await cluster.forget(traces, [gone])).toEqual([worker.id]);
    await forgetTraces({ inventories }, traces);
    const found = new Set([...traces.artifacts, ...traces.results]);
    for (const folder of [local, worker.folder, join(grace, 'runs'), join(grace, 'history')])
      if (existsSync(folder)) expect(filesWith(folder, found)).toEqual([]);
    for await (const { ref } of cluster.inventory.artifacts()) expect(found).not.toContain(ref.digest);
    for await (const { key } of cluster.inventory.results()) expect(found).not.toContain(key);
    expect((await listRuns(await reach(server))).map(({ run: id }) => id)).not.toContain(gone);
    expect(await runOver(server, ada, graph('of-ada'), given('Ada'))).toMatchObject({ status: 'done', executed: 0 });
  }, 180_000);
});
