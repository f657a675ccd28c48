import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArtifactMissingError, openDiskStore, sha256 } from '../src/index.ts';
import { bytes, filesIn, KEY, scratch } from './scratch.ts';

test('what was put comes back, byte for byte, from a store opened anew', async () => {
  const root = await scratch();
  const store = await openDiskStore(root);
  const contents = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/), fc.uint8Array({ maxLength: 2000 }), {
    maxKeys: 4,
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(contents, async (files) => {
      const ref = await store.put('image', files);
      const again = await openDiskStore(root);
      expect(await again.get(ref.digest)).toEqual(
        Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))),
      );
      expect(await again.describe(ref.digest)).toEqual(ref);
      expect(ref.bytes).toBe(Object.values(files).reduce((sum, content) => sum + content.length, 0));
    }),
    { seed: 5, numRuns: 40 },
  );
});

test('one content has one digest in any order of its files; another name, type or byte has another', async () => {
  const store = await openDiskStore(await scratch());
  const [a, b] = [bytes('one'), bytes('two')];
  const { digest } = await store.put('image', { a, b });
  expect((await store.put('image', { b, a })).digest).toBe(digest);
  const others = await Promise.all([
    store.put('image', { a, c: b }),
    store.put('text', { a, b }),
    store.put('image', { a: b, b: a }),
    store.put('image', { a }),
  ]);
  expect(new Set([digest, ...others.map((ref) => ref.digest)]).size).toBe(5);
});

test('the digest is the sha256 of the manifest, so that any program can check it', async () => {
  const root = await scratch();
  const { digest } = await (await openDiskStore(root)).put('text', { 'text.txt': bytes('hello') });
  const manifest = await readFile(join(root, 'artifacts', digest.slice(0, 2), `${digest}.json`), 'utf8');
  expect(sha256(manifest)).toBe(digest);
  expect(manifest).toBe(`{"type":"text","files":[{"name":"text.txt","digest":"${sha256('hello')}","bytes":5}]}\n`);
});

test('a content that several artifacts share is stored once, and not written again', async () => {
  const root = await scratch();
  const store = await openDiskStore(root);
  const shared = new Uint8Array(10_000).fill(7);
  await store.put('image', { 'a.png': shared });
  const [blob] = (await filesIn(join(root, 'blobs'))) as [string];
  const before = await stat(join(root, 'blobs', blob));
  await store.put('video', { 'b.mp4': shared });
  await store.put('image', { 'a.png': shared });
  expect(await filesIn(join(root, 'blobs'))).toEqual([blob]);
  expect((await stat(join(root, 'blobs', blob))).ino).toBe(before.ino);
  expect(await store.sizeOnDisk()).toBeLessThan(11_000);
});

test('one file can be read, or pointed at, on its own', async () => {
  const store = await openDiskStore(await scratch());
  const { digest } = await store.put('model<motion>', { 'a.onnx': bytes('network'), 'card.json': bytes('{}') });
  expect(await store.readFile(digest, 'a.onnx')).toEqual(bytes('network'));
  expect(await readFile(await store.pathOf(digest, 'card.json'), 'utf8')).toBe('{}');
  await expect(store.readFile(digest, 'b.onnx')).rejects.toThrow('expected a file "b.onnx" among a.onnx, card.json');
});

test('typed arrays can be laid over what is read', async () => {
  const store = await openDiskStore(await scratch());
  const { digest } = await store.put('motion', { 'm.bin': new Uint8Array(new Float32Array([1, 2, 3]).buffer) });
  const content = await store.readFile(digest, 'm.bin');
  expect([...new Float32Array(content.buffer, content.byteOffset, 3)]).toEqual([1, 2, 3]);
});

test('what is not there is missing, and says so', async () => {
  const store = await openDiskStore(await scratch());
  expect(await store.has(KEY)).toBe(false);
  await expect(store.get(KEY)).rejects.toBeInstanceOf(ArtifactMissingError);
  await expect(store.get('../../etc/passwd')).rejects.toThrow('expected 64 hexadecimal digits');
  await expect(store.put('image', { '../evil': bytes('x') })).rejects.toThrow('expected file names without folders');
});

test('the result of a task is found again as long as all that it names is there', async () => {
  const root = await scratch();
  const store = await openDiskStore(root);
  const [one, two] = [await store.put('image', { a: bytes('1') }), await store.put('image', { a: bytes('2') })];
  const result = { outputs: { image: one, clips: [one, two], landmarks: null }, about: { params: { steps: 3 } } };
  expect(await store.getResult(KEY)).toBeUndefined();
  await store.putResult(KEY, result);
  expect(await (await openDiskStore(root)).getResult(KEY)).toEqual(result);
  await store.dropResult(KEY);
  expect(await store.getResult(KEY)).toBeUndefined();
  await store.dropResult(KEY);
});
