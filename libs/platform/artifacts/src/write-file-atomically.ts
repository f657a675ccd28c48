import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fsync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from './make-folder.ts';
import { storeErrorFrom } from './store-error.ts';

/**
 * Files up to this size are opened, written, read and renamed where we are: each call takes 5 to 30 µs of processor
 * time, and 80 to 450 µs by way of the thread pool (measured, ext4). What may take long, waiting for the disk, never
 * is. Bytes.
 */
export const AT_ONCE = 64 * 1024;

export interface Writing {
  /** Where the temporary file lies; on the same file system. Default: beside the file. */
  readonly temporaryFolder?: string;
  /** Whether it waits until the disk has file and name, so that both outlive a power cut. Default true. */
  readonly synced?: boolean;
}

const onDisk = promisify(fsync);

/**
 * Writes a file whole or not at all: to a temporary name, synced, renamed, and the folder synced. Missing folders are
 * made. A file that was there stays as it was until the rename.
 *
 * Own code, since `write-file-atomic` 7 takes what one `fs.write` wrote for the whole: on a disk that is filling up a
 * short write is no error, and it would rename a truncated file into place. Nor does it sync the folder.
 *
 * @throws StoreError `store.full`, `store.unwritable`; nothing of the file is left then
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string,
  writing: Writing = {},
): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const what = `${basename(path)} (${bytes.length} bytes)`;
  if (bytes.length <= AT_ONCE) return replaceSmall(path, bytes, what, writing);
  await replaceFile(path, what, writing, async (file) => {
    await file.writeFile(bytes);
    return true;
  });
}

/**
 * As `writeFileAtomically`, of a content that comes piece by piece and is put in place only where its sha256 is
 * `digest`.
 *
 * @returns the sha256 of what came
 * @throws StoreError, and what `pieces` throws
 */
export async function writePieces(
  path: string,
  digest: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  writing: Writing,
): Promise<string> {
  const hash = createHash('sha256');
  let got = '';
  await replaceFile(path, basename(path), writing, async (file) => {
    for await (const piece of pieces) {
      hash.update(piece);
      for (let at = 0; at < piece.byteLength;) at += (await file.write(piece, at)).bytesWritten;
    }
    got = hash.digest('hex');
    return got === digest;
  });
  return got;
}

async function replaceSmall(
  path: string,
  content: Uint8Array,
  what: string,
  { temporaryFolder = dirname(path), synced = true }: Writing,
): Promise<void> {
  const temporary = temporaryPath(path, temporaryFolder);
  try {
    const file = await inFolder(temporaryFolder, () => openSync(temporary, 'wx'));
    try {
      for (let at = 0; at < content.length;) at += writeSync(file, content, at);
      if (synced) await onDisk(file);
    } finally {
      closeSync(file);
    }
    await inFolder(dirname(path), () => renameSync(temporary, path));
    if (synced) await syncFolder(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw storeErrorFrom(cause, what, path);
  }
}

/** @param fill says whether the file is to be put in place */
async function replaceFile(
  path: string,
  what: string,
  { temporaryFolder = dirname(path), synced = true }: Writing,
  fill: (file: FileHandle) => Promise<boolean>,
): Promise<void> {
  const temporary = temporaryPath(path, temporaryFolder);
  try {
    const file = await inFolder(temporaryFolder, () => open(temporary, 'wx'));
    let wanted: boolean;
    try {
      wanted = await fill(file);
      if (wanted && synced) await file.sync();
    } finally {
      await file.close();
    }
    if (!wanted) return void (await rm(temporary, { force: true }));
    await inFolder(dirname(path), () => rename(temporary, path));
    if (synced) await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw storeErrorFrom(cause, what, path);
  }
}

function temporaryPath(path: string, folder: string): string {
  return join(folder, `.${basename(path)}.${process.pid}-${randomUUID()}.tmp`);
}

/**
 * Does something in a folder that is made where it is missing, which is rare: asking first would cost as much as all
 * else.
 */
async function inFolder<T>(folder: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeFolder(folder);
    return work();
  }
}

/** So that the new name outlives a power cut; Windows cannot open a folder, and needs not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    await onDisk(folder);
  } finally {
    closeSync(folder);
  }
}
