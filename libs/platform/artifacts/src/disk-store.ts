import { randomUUID } from 'node:crypto';
import { constants, createReadStream, statSync } from 'node:fs';
import { lstat, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactFiles } from '@soliloquy/ports';
import type { ArtifactFile, ArtifactRef, ArtifactStore, TaskResult } from './artifact-store.ts';
import { sha256 } from './digest.ts';
import { makeFolder } from './make-folder.ts';
import {
  assertDigest,
  describeFiles,
  manifestText,
  parseManifest,
  parseResult,
  refsIn,
  resultText,
} from './manifest.ts';
import { readRegularFile, readRegularFileSync } from './read-regular-file.ts';
import { ArtifactCorruptedError, ArtifactMissingError, storeErrorFrom } from './store-error.ts';
import { contentPath, manifestPath, resultPath } from './store-paths.ts';
import { AT_ONCE, writeFileAtomically, writePieces, type Writing } from './write-file-atomically.ts';

/** A store in a folder. */
export interface DiskStore extends ArtifactStore {
  readonly root: string;
  /** Whether what was put outlives a power cut. */
  readonly synced: boolean;
  /** The path of one file, verified now, for a program that reads paths: never write to it. @throws as `readFile` */
  pathOf(digest: string, name: string): Promise<string>;
  /** Whether a file's content is there, by its size. */
  hasContent(file: ArtifactFile): Promise<boolean>;
  /** A file's content piece by piece, not verified: whoever takes it hashes it. @throws ArtifactMissingError */
  readContent(digest: string, file: ArtifactFile): AsyncIterable<Uint8Array>;
  /**
   * Writes a file's content piece by piece, whole or not at all. @returns the sha256 of what came; where that is not
   * `file.digest`, nothing is kept
   */
  writeContent(file: ArtifactFile, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string>;
  /** Writes the manifest of an artifact whose contents are all there. */
  writeManifest(ref: ArtifactRef): Promise<void>;
}

/** Artifacts up to this size are read and verified by `check`; larger ones when something reads them. Bytes. */
const CHECKED_BY_DIGEST = 64 * 2 ** 20;
/** How much of a content is in memory at a time. Bytes. */
const PIECE = 512 * 1024;
/** Temporary files this old are what a killed process left. */
const STALE_MS = 24 * 3600 * 1000;

/**
 * Opens (and makes) a store in a folder, for any number of processes at once:
 * `blobs/ab/<sha256>` file contents, `artifacts/ab/<digest>.json` manifests, `results/ab/<task key>.json`,
 * `temporary/`, `corrupted/`.
 *
 * Contents come before the manifest that names them and that before the result that names it, each by rename: whatever
 * is visible is whole.
 *
 * @param synced whether what was put outlives a power cut. A cache of a cluster needs not: what a power cut damages
 *   there is noticed when it is read, and brought again.
 * @throws StoreError when the folder cannot be made or written
 */
export async function openDiskStore(root: string, { synced = true }: { synced?: boolean } = {}): Promise<DiskStore> {
  const temporary = join(root, 'temporary');
  try {
    await makeFolder(temporary);
  } catch (cause) {
    throw storeErrorFrom(cause, 'the store', root);
  }
  await removeStale(temporary);
  return new FolderStore(root, temporary, synced);
}

class FolderStore implements DiskStore {
  readonly root: string;
  readonly synced: boolean;
  readonly #writing: Writing;

  constructor(root: string, temporaryFolder: string, synced: boolean) {
    this.root = root;
    this.synced = synced;
    this.#writing = { temporaryFolder, synced };
  }

  async put(type: string, files: ArtifactFiles): Promise<ArtifactRef> {
    const ref = describeFiles(type, files);
    for (const { name, digest } of ref.files) await this.#write(this.#blob(digest), files[name] as Uint8Array, digest);
    await this.#write(this.#manifest(ref.digest), manifestText(type, ref.files), ref.digest);
    return ref;
  }

  async has(digest: string): Promise<boolean> {
    try {
      const ref = await this.describe(digest);
      return ref.files.every((file) => sizeOf(this.#blob(file.digest)) === file.bytes);
    } catch (error) {
      if (error instanceof ArtifactMissingError || error instanceof ArtifactCorruptedError) return false;
      throw error;
    }
  }

  async check(digest: string): Promise<void> {
    const { bytes } = await this.describe(digest);
    if (bytes <= CHECKED_BY_DIGEST) await this.get(digest);
  }

  async hasContent({ digest, bytes }: ArtifactFile): Promise<boolean> {
    return sizeOf(this.#blob(digest)) === bytes;
  }

  async *readContent(artifact: string, { name, digest }: ArtifactFile): AsyncIterable<Uint8Array> {
    const path = this.#blob(digest);
    try {
      // Without waiting, for a FIFO in the place of a content.
      const flags = (constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)) as unknown as string;
      yield* createReadStream(path, { highWaterMark: PIECE, flags });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
        throw new ArtifactMissingError(artifact, `the content of its file "${name}"`);
      throw storeErrorFrom(cause, 'reading', path);
    }
  }

  async writeContent(file: ArtifactFile, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
    return writePieces(this.#blob(file.digest), file.digest, pieces, this.#writing);
  }

  async writeManifest(ref: ArtifactRef): Promise<void> {
    await this.#write(this.#manifest(ref.digest), manifestText(ref.type, ref.files), ref.digest);
  }

  async describe(digest: string): Promise<ArtifactRef> {
    assertDigest(digest, 'digest');
    const path = this.#manifest(digest);
    const content = await this.#read(path, 0);
    if (content === undefined) throw new ArtifactMissingError(digest, 'an artifact of this digest');
    await this.#verify(path, content, digest, digest, 'its manifest');
    return parseManifest(new TextDecoder().decode(content), digest);
  }

  async get(digest: string): Promise<ArtifactFiles> {
    const { files } = await this.describe(digest);
    const contents: Record<string, Uint8Array> = {};
    for (const file of files) contents[file.name] = await this.#readBlob(digest, file);
    return contents;
  }

  async readFile(digest: string, name: string): Promise<Uint8Array> {
    return this.#readBlob(digest, await this.#fileOf(digest, name));
  }

  async pathOf(digest: string, name: string): Promise<string> {
    const file = await this.#fileOf(digest, name);
    await this.#readBlob(digest, file);
    return this.#blob(file.digest);
  }

  async getResult(taskKey: string): Promise<TaskResult | undefined> {
    assertDigest(taskKey, 'task key');
    const path = this.#result(taskKey);
    const content = await this.#read(path, 0);
    if (content === undefined) return undefined;
    const result = parseResult(new TextDecoder().decode(content));
    if (result === undefined) {
      await this.#moveAside(path, taskKey);
      return undefined;
    }
    const there = await Promise.all(refsIn(result.outputs).map((ref) => this.has(ref.digest)));
    return there.every(Boolean) ? result : undefined;
  }

  async putResult(taskKey: string, result: TaskResult): Promise<void> {
    assertDigest(taskKey, 'task key');
    await writeFileAtomically(this.#result(taskKey), resultText(result), this.#writing);
  }

  async dropResult(taskKey: string): Promise<void> {
    assertDigest(taskKey, 'task key');
    await rm(this.#result(taskKey), { force: true }).catch((cause: unknown) => {
      throw storeErrorFrom(cause, 'forgetting a result', this.#result(taskKey));
    });
  }

  async sizeOnDisk(): Promise<number> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + (sizeOf(join(entry.parentPath, entry.name)) ?? 0), 0);
  }

  #blob(digest: string): string {
    return contentPath(this.root, digest);
  }

  #manifest(digest: string): string {
    return manifestPath(this.root, digest);
  }

  #result(taskKey: string): string {
    return resultPath(this.root, taskKey);
  }

  /** What is there already is compared, not trusted: so that making an artifact again heals what was damaged unseen. */
  async #write(path: string, content: Uint8Array | string, digest: string): Promise<void> {
    const size = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
    if (sizeOf(path) === size) {
      const there = await this.#read(path, size);
      if (there !== undefined && sha256(there) === digest) return;
    }
    await writeFileAtomically(path, content, this.#writing);
  }

  async #fileOf(digest: string, name: string): Promise<ArtifactFile> {
    const { files } = await this.describe(digest);
    const file = files.find((each) => each.name === name);
    if (file === undefined)
      throw new ArtifactMissingError(digest, `a file "${name}" among ${files.map((each) => each.name).join(', ')}`);
    return file;
  }

  async #readBlob(digest: string, file: ArtifactFile): Promise<Uint8Array> {
    const path = this.#blob(file.digest);
    const content = await this.#read(path, file.bytes);
    if (content === undefined) throw new ArtifactMissingError(digest, `the content of its file "${file.name}"`);
    await this.#verify(path, content, file.digest, digest, `file "${file.name}" of ${file.bytes} bytes`);
    return content;
  }

  async #verify(path: string, content: Uint8Array, expected: string, artifact: string, what: string): Promise<void> {
    const actual = sha256(content);
    if (actual === expected) return;
    const movedTo = await this.#moveAside(path, expected);
    throw new ArtifactCorruptedError(
      artifact,
      `${what} with sha256 ${expected.slice(0, 12)}`,
      `${content.byteLength} bytes with sha256 ${actual.slice(0, 12)}`,
      movedTo,
    );
  }

  /** Another process may have moved it before; on a read-only disk it stays, and the error is raised at every read. */
  async #moveAside(path: string, name: string): Promise<string> {
    const folder = join(this.root, 'corrupted');
    const target = join(folder, name);
    await makeFolder(folder).catch(() => undefined);
    await rename(path, target).catch(() => undefined);
    return target;
  }

  /** @param size that it should have, in bytes; 0 for what is small */
  async #read(path: string, size: number): Promise<Uint8Array | undefined> {
    try {
      const buffer = size <= AT_ONCE ? readRegularFileSync(path) : await readRegularFile(path);
      // A plain Uint8Array over a buffer of its own: typed arrays may be laid over that.
      return buffer.buffer.byteLength === buffer.byteLength ? new Uint8Array(buffer.buffer) : new Uint8Array(buffer);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw storeErrorFrom(cause, 'reading', path);
    }
  }
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
  } catch {
    return undefined;
  }
}

/** Age is told by the disk's own clock: that of this process may be days off, and another's file is at work. */
async function removeStale(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return;
  const probe = join(folder, `.${randomUUID()}.now`);
  const now = await writeFile(probe, '', { flag: 'wx' }).then(
    async () => (await stat(probe)).mtimeMs,
    () => undefined,
  );
  await rm(probe, { force: true }).catch(() => undefined);
  if (now === undefined) return;
  for (const name of names) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > STALE_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}
