import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
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
  const temporary = join(temporaryFolder, `.${basename(path)}.${process.pid}-${randomUUID()}.tmp`);
  try {
    await makeFolder(temporaryFolder);
    await makeFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storeErrorFrom(cause, `${basename(path)} (${content.length} bytes)`, path);
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
