import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { storeErrorFrom } from './store-error.ts';

/**
 * Writes a file whole or not at all: to a temporary name, synced, renamed, and the folder synced. Missing folders are made. A file that was there stays as it was until the rename.
 *
 * Own code, since `write-file-atomic` 7 takes what one `fs.write` wrote for the whole: on a disk that is filling up a short write is no error, and it would
 * rename a truncated file into place. Nor does it sync the folder.
 *
 * @param temporaryFolder where the temporary file lies; on the same file system. Default: beside the file.
 * @throws StoreError `store-full`, `store-unwritable`; nothing of the file is left then
 */
export async function writeFileAtomically(path: string, content: Uint8Array | string, temporaryFolder = dirname(path)): Promise<void> {
  await replaceFile(path, temporaryFolder, `${basename(path)} (${content.length} bytes)`, async (file) => {
    await file.writeFile(content);
    return true;
  });
}

/**
 * As `writeFileAtomically`, of a content that comes piece by piece and is put in place only where its sha256 is `digest`.
 *
 * @returns the sha256 of what came
 * @throws StoreError, and what `pieces` throws
 */
export async function writePieces(path: string, digest: string, pieces: AsyncIterable<Uint8Array>, temporaryFolder: string): Promise<string> {
  const hash = createHash('sha256');
  let got = '';
  await replaceFile(path, temporaryFolder, basename(path), async (file) => {
    for await (const piece of pieces) {
      hash.update(piece);
      for (let at = 0; at < piece.byteLength; ) at += (await file.write(piece, at)).bytesWritten;
    }
    got = hash.digest('hex');
    return got === digest;
  });
  return got;
}

/** @param fill says whether the file is to be put in place */
async function replaceFile(path: string, temporaryFolder: string, what: string, fill: (file: FileHandle) => Promise<boolean>): Promise<void> {
  const temporary = join(temporaryFolder, `.${basename(path)}.${process.pid}-${randomUUID()}.tmp`);
  try {
    await makeFolder(temporaryFolder);
    await makeFolder(dirname(path));
    const file = await open(temporary, 'wx');
    let wanted: boolean;
    try {
      wanted = await fill(file);
      if (wanted) await file.sync();
    } finally {
      await file.close();
    }
    if (!wanted) return void (await rm(temporary, { force: true }));
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw storeErrorFrom(cause, what, path);
  }
}

/** So that the new name outlives a power cut; Windows cannot open a folder, and needs not. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
