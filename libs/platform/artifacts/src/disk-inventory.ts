import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactRef } from './artifact-store.ts';
import { sha256 } from './digest.ts';
import type { HeldArtifact, HeldResult, Inventory, Removed } from './inventory.ts';
import { parseManifest, parseResult } from './manifest.ts';
import { readRegularFile } from './read-regular-file.ts';
import { storeErrorFrom } from './store-error.ts';
import { contentPath, manifestPath, resultPath, STORE_FOLDERS } from './store-paths.ts';

/** Beside what is stored by digest: files being written, and what was found damaged. */
const ASIDE = ['temporary', 'corrupted'] as const;

/** What is in the folder of a store. @param root as `openDiskStore` had it */
export function diskInventory(root: string): Inventory {
  return new FolderInventory(root);
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly changed: Date;
  readonly bytes: number;
}

class FolderInventory implements Inventory {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async *results(): AsyncIterable<HeldResult> {
    for await (const { name, path, changed } of this.#entries(STORE_FOLDERS.results)) {
      const result = parseResult(await readText(path));
      if (result !== undefined) yield { key: name.replace(/\.json$/, ''), result, changed };
    }
  }

  async *artifacts(): AsyncIterable<HeldArtifact> {
    for await (const { name, path, changed } of this.#entries(STORE_FOLDERS.manifests)) {
      const ref = parsed(await readText(path), name.replace(/\.json$/, ''));
      if (ref !== undefined) yield { ref, changed };
    }
  }

  async remove(what: { results: Iterable<string>; artifacts: Iterable<string> }): Promise<Removed> {
    const going = new Map<string, ArtifactRef>();
    const wanted = new Set(what.artifacts);
    const kept = new Set<string>();
    for await (const { ref } of this.artifacts())
      if (wanted.has(ref.digest)) going.set(ref.digest, ref);
      else for (const { digest } of ref.files) kept.add(digest);
    for (const digest of wanted) await this.#remove(manifestPath(this.#root, digest), 1);
    const contents = new Map([...going.values()].flatMap(({ files }) => files.map((file) => [file.digest, file])));
    let bytes = 0;
    for (const file of contents.values())
      if (!kept.has(file.digest)) bytes += await this.#remove(contentPath(this.#root, file.digest), file.bytes);
    let results = 0;
    for (const key of new Set(what.results)) results += await this.#remove(resultPath(this.#root, key), 1);
    return { results, artifacts: going.size, bytes };
  }

  async removeStray(before: Date): Promise<number> {
    const named = new Set<string>();
    for await (const { ref } of this.artifacts()) for (const { digest } of ref.files) named.add(digest);
    let bytes = 0;
    for await (const entry of this.#entries(STORE_FOLDERS.contents))
      if (!named.has(entry.name) && entry.changed < before) bytes += await this.#remove(entry.path, entry.bytes);
    for (const [folder, isWhole] of [
      [STORE_FOLDERS.results, (text: string) => parseResult(text) !== undefined],
      [STORE_FOLDERS.manifests, (text: string, name: string) => parsed(text, name) !== undefined],
    ] as const)
      for await (const { name, path, changed, bytes: size } of this.#entries(folder))
        if (changed < before && !isWhole(await readText(path), name.replace(/\.json$/, '')))
          bytes += await this.#remove(path, size);
    for (const folder of ASIDE)
      for await (const entry of filesIn(join(this.#root, folder)))
        if (entry.changed < before) bytes += await this.#remove(entry.path, entry.bytes);
    return bytes;
  }

  async *#entries(folder: string): AsyncIterable<Entry> {
    for (const two of await readdir(join(this.#root, folder)).catch(() => []))
      yield* filesIn(join(this.#root, folder, two));
  }

  /** @returns `worth`, or 0 where there was nothing */
  async #remove(path: string, worth: number): Promise<number> {
    try {
      await rm(path);
      return worth;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw storeErrorFrom(cause, 'removing', path);
    }
  }
}

/** Files of a folder; none where there is no such folder. What goes away meanwhile is passed over. */
async function* filesIn(folder: string): AsyncIterable<Entry> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) yield { name, path, changed: found.mtime, bytes: found.size };
  }
}

async function readText(path: string): Promise<string> {
  return readRegularFile(path).then(String, () => '');
}

function parsed(text: string, digest: string): ArtifactRef | undefined {
  if (sha256(text) !== digest) return undefined;
  try {
    return parseManifest(text, digest);
  } catch {
    return undefined;
  }
}
