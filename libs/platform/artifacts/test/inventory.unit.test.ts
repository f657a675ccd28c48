import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findNatsServer, NO_NATS_SERVER, startNatsServer } from '@soliloquy/testing';
import { diskInventory, openDiskStore, type ArtifactStore, type Inventory } from '../src/index.ts';
import { makeArtifactBuckets, openNatsStore } from '../src/nats/index.ts';
import { bytes, filesIn, KEY, scratch } from './scratch.ts';

interface Place {
  readonly store: ArtifactStore;
  readonly inventory: Inventory;
}

async function onDisk(): Promise<Place> {
  const root = await scratch();
  return { store: await openDiskStore(root), inventory: diskInventory(root) };
}

async function inACluster(): Promise<Place> {
  const server = await startNatsServer({});
  onTestFinished(() => server.stop());
  const connection = await connect({ servers: server.url });
  onTestFinished(() => connection.close());
  await makeArtifactBuckets(connection, {});
  const store = await openNatsStore(connection, await openDiskStore(await scratch()));
  return { store, inventory: store.inventory };
}

const LARGE = Uint8Array.from({ length: 40_000 }, (_, at) => (at * 2654435761) >>> 24);
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

describe.each([
  ['a folder', onDisk],
  ['a cluster', inACluster],
] as const)('the inventory of %s', (name, open) => {
  test('lists what is there, and removes what it is told with the contents that nobody else has', async ({ skip }) => {
    skip(name === 'a cluster' && findNatsServer() === undefined, NO_NATS_SERVER);
    const { store, inventory } = await open();
    const gone = await store.put('video', { 'film.bin': LARGE, 'shared.bin': bytes('shared'.repeat(4000)) });
    const stays = await store.put('video', { 'shared.bin': bytes('shared'.repeat(4000)) });
    await store.putResult(KEY, { outputs: { video: gone } });
    await store.putResult('b'.repeat(64), { outputs: { video: stays }, about: { a: 1 } });
    expect((await all(inventory.artifacts())).map(({ ref }) => ref.digest).sort()).toEqual(
      [gone.digest, stays.digest].sort(),
    );
    expect((await all(inventory.results())).map(({ key }) => key).sort()).toEqual([KEY, 'b'.repeat(64)]);
    expect(await inventory.remove({ results: [KEY, 'c'.repeat(64)], artifacts: [gone.digest] })).toEqual({
      results: 1,
      artifacts: 1,
      bytes: LARGE.byteLength,
    });
    expect((await all(inventory.results())).map(({ result }) => result.about)).toEqual([{ a: 1 }]);
    expect((await all(inventory.artifacts())).map(({ ref }) => ref)).toEqual([stays]);
    expect(await store.get(stays.digest)).toHaveProperty(['shared.bin']);
    expect(await inventory.removeStray(new Date(Date.now() + 60_000))).toBe(0);
  });
});

test('a result that is more than a message goes with the artifact that holds it', async ({ skip }) => {
  skip(findNatsServer() === undefined, NO_NATS_SERVER);
  const { store, inventory } = await inACluster();
  const ref = await store.put('text', { 'text.txt': bytes('words') });
  await store.putResult(KEY, { outputs: { text: Array.from({ length: 8000 }, () => ref) } });
  const [{ holder }] = await all(inventory.results());
  expect((await all(inventory.artifacts())).map((each) => each.ref.digest)).toContain(holder);
  await inventory.remove({ results: [KEY], artifacts: [] });
  expect(await all(inventory.results())).toEqual([]);
  expect((await all(inventory.artifacts())).map((each) => each.ref)).toEqual([ref]);
});

test('what nothing names, cannot be read, or was left aside in a folder goes once it is old', async () => {
  const root = await scratch();
  const store = await openDiskStore(root);
  const inventory = diskInventory(root);
  const ref = await store.put('video', { 'film.bin': LARGE });
  const stray = await store.put('video', { 'stray.bin': bytes('stray') });
  await store.putResult(KEY, { outputs: { video: ref } });
  const before = await filesIn(root);
  await writeFile(join(root, 'artifacts', stray.digest.slice(0, 2), `${stray.digest}.json`), 'cut');
  await writeFile(join(root, 'temporary', 'half'), 'half');
  expect(await inventory.removeStray(new Date(Date.now() - 1000))).toBe(0);
  for (const path of await filesIn(root)) await utimes(join(root, path), 1, 1);
  expect(await inventory.removeStray(new Date())).toBe('stray'.length + 'cut'.length + 'half'.length);
  expect(await filesIn(root)).toEqual(
    before
      .filter((path) => !path.includes(stray.digest) && !path.includes('blobs'))
      .concat(before.filter((path) => path.endsWith(ref.files[0].digest)))
      .sort(),
  );
  expect(await store.getResult(KEY)).toBeDefined();
});
