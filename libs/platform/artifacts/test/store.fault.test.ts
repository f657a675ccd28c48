import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  ArtifactCorruptedError,
  ArtifactMissingError,
  openDiskStore,
  sha256,
  StoreError,
  writeFileAtomically,
  type DiskStore,
} from '../src/index.ts';
import { storeErrorFrom } from '../src/store-error.ts';
import { bytes, filesIn, KEY, scratch } from './scratch.ts';

const FORM = /^.+: expected .+, got .+; .+$/;
const FILES = { 'image.png': bytes('the picture'), 'card.json': bytes('{}') };

async function stored(): Promise<{ root: string; store: DiskStore; digest: string; blob: string; manifest: string }> {
  const root = await scratch();
  const store = await openDiskStore(root);
  const { digest } = await store.put('image', FILES);
  const blob = sha256(FILES['image.png']);
  return {
    root,
    store,
    digest,
    blob: join(root, 'blobs', blob.slice(0, 2), blob),
    manifest: join(root, 'artifacts', digest.slice(0, 2), `${digest}.json`),
  };
}

describe('damage to what is stored', () => {
  test.each([
    ['a flipped bit', async (path: string) => writeFile(path, 'the pictuse')],
    ['a truncated file', async (path: string) => truncate(path, 4)],
    ['an emptied file', async (path: string) => truncate(path, 0)],
    ['a longer file', async (path: string) => writeFile(path, 'the picture and more')],
  ])('%s is found by its digest, moved aside, and made again', async (_name, damage) => {
    const { root, store, digest, blob } = await stored();
    await damage(blob);
    const error = await store.get(digest).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ArtifactCorruptedError);
    expect((error as ArtifactCorruptedError).code).toBe('store.artifact-corrupted');
    expect((error as Error).message).toMatch(FORM);
    expect((error as Error).message).toContain('file "image.png" of 11 bytes');
    expect(existsSync(blob)).toBe(false);
    expect(existsSync((error as ArtifactCorruptedError).movedTo)).toBe(true);
    expect(await store.has(digest)).toBe(false);
    await expect(store.get(digest)).rejects.toBeInstanceOf(ArtifactMissingError);

    expect((await store.put('image', FILES)).digest).toBe(digest);
    expect(await store.get(digest)).toEqual(
      Object.fromEntries(Object.entries(FILES).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    expect((await filesIn(join(root, 'temporary'))).length).toBe(0);
  });

  test('damage that nobody has read yet is healed by making the artifact again', async () => {
    const { store, digest, blob } = await stored();
    await writeFile(blob, 'the pictuse');
    await store.put('image', FILES);
    expect((await store.get(digest))['image.png']).toEqual(FILES['image.png']);
  });

  test('a damaged or lost file of another length makes the artifact count as missing without reading it', async () => {
    const { store, digest, blob } = await stored();
    await truncate(blob, 3);
    expect(await store.has(digest)).toBe(false);
    await rm(blob);
    expect(await store.has(digest)).toBe(false);
  });

  test('a damaged manifest is no artifact', async () => {
    const { store, digest, manifest } = await stored();
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('image.png', '../../../a'));
    await expect(store.get(digest)).rejects.toThrow('its manifest');
    expect(await store.has(digest)).toBe(false);
  });

  test('a result that is damaged, or names what is gone, is no result', async () => {
    const { root, store, digest, blob } = await stored();
    const path = join(root, 'results', KEY.slice(0, 2), `${KEY}.json`);
    const result = { outputs: { image: await store.describe(digest) } };
    for (const damage of [
      async () => truncate(path, 20),
      async () => writeFile(path, (await readFile(path, 'utf8')).replace('"bytes":11', '"bytes":12')),
      async () => writeFile(path, 'null'),
      async () => writeFile(path, ''),
    ]) {
      await store.putResult(KEY, result);
      expect(await store.getResult(KEY)).toEqual(result);
      await damage();
      expect(await store.getResult(KEY)).toBeUndefined();
    }
    await store.putResult(KEY, result);
    await rm(blob);
    expect(await store.getResult(KEY)).toBeUndefined();
  });
});

describe('a folder that cannot be written', () => {
  test.each([
    [
      'a file where the store should be',
      async (root: string) => (await writeFile(join(root, 'file'), ''), join(root, 'file')),
    ],
    [
      'a file above the store',
      async (root: string) => (await writeFile(join(root, 'file'), ''), join(root, 'file', 'store')),
    ],
    [
      'a file system that takes no files',
      async () => (process.platform === 'linux' ? '/proc/soliloquy/store' : '/dev/null/store'),
    ],
  ])('%s is refused when it is opened', async (_name, prepare) => {
    const path = await prepare(await scratch());
    const error = await openDiskStore(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StoreError);
    expect((error as StoreError).code).toBe('store.unwritable');
    expect((error as Error).message).toMatch(FORM);
    expect((error as Error).message).toContain(path);
  });

  test('a file in the way of a later write is named, and nothing half-written is left', async () => {
    const { root, store } = await stored();
    await rm(join(root, 'blobs'), { recursive: true });
    await writeFile(join(root, 'blobs'), 'in the way');
    await expect(store.put('image', FILES)).rejects.toMatchObject({ code: 'store.unwritable' });
    expect(await filesIn(join(root, 'temporary'))).toEqual([]);
  });
});

/** A file system of 256 KiB, where this user may make one. */
async function withSmallDisk(work: (root: string) => Promise<void>): Promise<boolean> {
  const root = await scratch();
  if (
    process.platform !== 'linux' ||
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', root]).status !== 0
  )
    return false;
  try {
    await work(root);
  } finally {
    spawnSync('umount', [root]);
  }
  return true;
}

describe('a full disk', () => {
  test('is named, leaves no half file, keeps what was there, and works again when there is room', async (context) => {
    const ran = await withSmallDisk(async (root) => {
      const store = await openDiskStore(root);
      const small = await store.put('image', FILES);
      const error = await store
        .put('video', { 'film.mp4': new Uint8Array(1_000_000).fill(3) })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(StoreError);
      expect((error as StoreError).code).toBe('store.full');
      expect((error as Error).message).toMatch(FORM);
      expect((error as Error).message).toContain('(1000000 bytes)');
      expect(await filesIn(join(root, 'temporary'))).toEqual([]);
      expect((await filesIn(join(root, 'blobs'))).length).toBe(2);
      expect(Object.keys(await store.get(small.digest))).toEqual(['card.json', 'image.png']);

      const outside = join(root, 'out', 'film.mp4');
      await expect(writeFileAtomically(outside, new Uint8Array(1_000_000))).rejects.toMatchObject({
        code: 'store.full',
      });
      expect(await readdir(join(root, 'out'))).toEqual([]);
      await store.put('audio', { 'voice.wav': new Uint8Array(50_000) });
    });
    if (!ran) context.skip('no right to mount a small file system here');
  });
});

test.runIf(existsSync('/dev/full'))('a device without room is a full disk, whoever meets it', async () => {
  const cause = await writeFile('/dev/full', 'x').catch((caught: unknown) => caught);
  expect(storeErrorFrom(cause, 'film.mp4', '/out')).toMatchObject({ code: 'store.full', cause });
});

describe('writing a file outside the store', () => {
  test('replaces it whole, makes its folders, and leaves the old one where it cannot', async () => {
    const root = await scratch();
    const path = join(root, 'out', 'quickstart', 'run.json');
    await writeFileAtomically(path, 'first');
    await writeFileAtomically(path, bytes('second'));
    expect(await readFile(path, 'utf8')).toBe('second');
    expect(await filesIn(root)).toEqual(['out/quickstart/run.json']);
    await mkdir(join(root, 'folder.json'));
    await expect(writeFileAtomically(join(root, 'folder.json'), 'x')).rejects.toMatchObject({
      code: 'store.unwritable',
    });
    expect(await filesIn(root)).toEqual(['out/quickstart/run.json']);
  });
});

test('what a killed process left half-written is removed a day later, and never read', async () => {
  const { root } = await stored();
  const [old, young] = [join(root, 'temporary', '.old.tmp'), join(root, 'temporary', '.young.tmp')];
  await writeFile(old, 'half');
  await writeFile(young, 'half');
  const dayAgo = (await stat(young)).mtimeMs / 1000 - 25 * 3600;
  await utimes(old, dayAgo, dayAgo);
  await openDiskStore(root);
  expect(await readdir(join(root, 'temporary'))).toEqual(['.young.tmp']);
});

test('several processes may write and read the same contents at once', async () => {
  const root = await scratch();
  const program = new URL('./write-in-process.ts', import.meta.url).pathname;
  const outputs = await Promise.all([1, 2, 3].map(() => promisify(execFile)(process.execPath, [program, root])));
  const [first, ...others] = outputs.map(({ stdout }) => JSON.parse(stdout) as string[]);
  expect(first).toHaveLength(5);
  for (const other of others) expect(other).toEqual(first);
  const store = await openDiskStore(root);
  for (const digest of first as string[]) expect(await store.has(digest)).toBe(true);
  for (let index = 0; index < 5; index += 1) expect(await store.getResult(`${index}`.repeat(64))).toBeDefined();
  const files = await filesIn(root);
  expect(files.filter((path) => path.startsWith('temporary/'))).toEqual([]);
  expect(files.filter((path) => path.startsWith('blobs/'))).toHaveLength(10);
});
