import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { getModel, modelEntry, ModelFault } from '../src/index.ts';
import { content, entryOf, fakeHost, filesIn, freshFolder } from './fake-host.ts';

const FILES = { 'model.onnx': content(400_000), 'voices/one.bin': content(3_000, 9) };
const ENTRY = entryOf('tiny', FILES);
const FORM = /^.+: expected .+, got .+; .+$/;

async function failure(promise: Promise<unknown>): Promise<ModelFault> {
  const caught = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(caught).toBeInstanceOf(ModelFault);
  expect((caught as Error).message).toMatch(FORM);
  return caught as ModelFault;
}

describe('a model is brought', () => {
  test('whole, in its folders, and nothing is fetched again', async () => {
    const [folder, host] = [freshFolder(), await fakeHost(FILES)];
    const said: string[] = [];
    const getting = { folder, host: host.address, say: (file: string) => void said.push(file) };
    expect(await getModel(ENTRY, getting)).toEqual(['model.onnx', 'voices/one.bin']);
    expect(filesIn(folder)).toEqual(['model.onnx', 'voices/one.bin']);
    expect(readFileSync(join(folder, 'model.onnx')).equals(FILES['model.onnx'])).toBe(true);
    expect(await getModel(ENTRY, getting)).toEqual([]);
    expect(host.asked).toEqual(['all', 'all']);
    expect(said.at(-1)).toBe('voices/one.bin');
  });

  test('from where a broken transfer ended, within one call', async () => {
    const [folder, host] = [freshFolder(), await fakeHost(FILES, { breakAfter: 131_072, breaks: 2 })];
    await getModel(ENTRY, { folder, host: host.address });
    expect(host.asked.slice(0, 3)).toEqual(['all', 'bytes=131072-', 'bytes=262144-']);
    expect(readFileSync(join(folder, 'model.onnx')).equals(FILES['model.onnx'])).toBe(true);
  });

  test('from where the call before gave up; until then there is no file of it', async () => {
    const folder = freshFolder();
    const bad = await fakeHost(FILES, { breakAfter: 131_072, breaks: 9 });
    const fault = await failure(getModel(ENTRY, { folder, host: bad.address, attempts: 2 }));
    expect(fault).toMatchObject({ code: 'model.unreachable', phase: 'run' });
    expect(filesIn(folder)).toEqual(['.model.onnx.part']);
    const good = await fakeHost(FILES);
    await getModel(ENTRY, { folder, host: good.address });
    expect(good.asked[0]).toBe('bytes=262144-');
    expect(filesIn(folder)).toEqual(['model.onnx', 'voices/one.bin']);
  });

  test('anew from a host that knows no ranges', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, '.model.onnx.part'), 'something else');
    const host = await fakeHost(FILES, { ignoresRange: true });
    await getModel(ENTRY, { folder, host: host.address });
    expect(readFileSync(join(folder, 'model.onnx')).equals(FILES['model.onnx'])).toBe(true);
  });

  test('where it is known by an MD5 sum', async () => {
    const entry = entryOf('old', { 'a.bin': content(10) });
    const md5 = { ...entry, files: [{ path: 'a.bin', bytes: 10, digest: 'md5:c0ffee00c0ffee00c0ffee00c0ffee00' }] };
    const host = await fakeHost({ 'a.bin': content(10) });
    const fault = await failure(getModel(md5, { folder: freshFolder(), host: host.address }));
    const right = { ...md5, files: [{ ...md5.files[0]!, digest: fault.got }] };
    expect(await getModel(right, { folder: freshFolder(), host: host.address })).toEqual(['a.bin']);
  });
});

describe('nothing is left of', () => {
  test('a file of another digest', async () => {
    const folder = freshFolder();
    const host = await fakeHost({ ...FILES, 'model.onnx': content(400_000, 2) });
    const fault = await failure(getModel(ENTRY, { folder, host: host.address }));
    expect(fault.code).toBe('model.wrong-digest');
    expect(filesIn(folder)).toEqual([]);
  });

  test('a file that does not end where it must', async () => {
    const folder = freshFolder();
    const host = await fakeHost({ ...FILES, 'model.onnx': content(400_001) });
    expect(await failure(getModel(ENTRY, { folder, host: host.address }))).toMatchObject({ got: 'more' });
    expect(filesIn(folder)).toEqual([]);
  });

  test('what a host does not have', async () => {
    const folder = freshFolder();
    const host = await fakeHost({});
    const fault = await failure(getModel(ENTRY, { folder, host: host.address }));
    expect(fault).toMatchObject({ code: 'model.unreachable', got: 'status 404' });
    expect(filesIn(folder)).toEqual([]);
    const gone = await failure(getModel(ENTRY, { folder, host: 'http://127.0.0.1:65533/{path}' }));
    expect(gone).toMatchObject({ code: 'model.unreachable', got: 'ECONNREFUSED' });
  });

  test('a model that was cancelled but what the next call goes on from', async () => {
    const folder = freshFolder();
    const stop = new AbortController();
    const host = await fakeHost(FILES, { afterPiece: (sent) => sent > 100_000 && stop.abort(new Error('enough')) });
    await expect(getModel(ENTRY, { folder, host: host.address, signal: stop.signal })).rejects.toThrow('enough');
    expect(filesIn(folder).filter((name) => !name.endsWith('.part'))).toEqual([]);
  });

  test('a model on a disk that is full, before or meanwhile', async (context) => {
    const disk = freshFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return context.skip('no right to mount a small file system here');
    }
    try {
      const large = entryOf('large', { 'model.onnx': content(900_000) });
      const host = await fakeHost({ 'model.onnx': content(900_000) });
      const before = await failure(getModel(large, { folder: disk, host: host.address }));
      expect([before.code, host.asked.length, filesIn(disk)]).toEqual(['model.disk-full', 0, []]);
      const greedy = await fakeHost(FILES, {
        afterPiece: (sent) => {
          if (sent > 100_000) rmSync(join(disk, 'filler'), { force: true });
          if (sent > 100_000) writeFileSync(join(disk, 'filler'), new Uint8Array(300_000));
        },
      });
      const meanwhile = await failure(getModel(ENTRY, { folder: join(disk, 'tiny'), host: greedy.address }));
      expect(meanwhile).toMatchObject({ code: 'model.disk-full', got: 'a full disk (ENOSPC)' });
      expect(filesIn(disk)).toEqual(['filler']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('a model whose folder cannot be made', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'tiny'), 'a file');
    const host = await fakeHost(FILES);
    const fault = await failure(getModel(ENTRY, { folder: join(folder, 'tiny'), host: host.address }));
    expect(fault.code).toBe('model.unwritable');
  });
});

test('an entry cannot lead out of its folder', () => {
  for (const path of ['../x', '/etc/passwd', 'a/../../b', 'a//b', '.hidden', 'a/.part', '', 'a\\b'])
    expect(modelEntry.safeParse({ ...ENTRY, files: [{ path }] }).success).toBe(false);
  expect(modelEntry.safeParse({ ...ENTRY, files: [{ path: 'unet/model.onnx_data' }] }).success).toBe(true);
});

test('a model without published digests is not fetched', async () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'x'));
  const host = await fakeHost(FILES);
  const fault = await failure(
    getModel({ ...ENTRY, files: [{ path: 'model.onnx' }] }, { folder: join(folder, 'x'), host: host.address }),
  );
  expect([fault.code, host.asked.length]).toEqual(['model.no-digest', 0]);
});
