import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readRegularFile, sha256 } from '@soliloquy/artifacts';
import { LARGEST_GRAPH } from '@soliloquy/graph/limits';

/** Editors write in several steps: what they do within this is one change. */
const SETTLE_MS = 60;
const MOST_FOLDERS = 50;

/**
 * Tells of graph files that change on disk, whoever changes them, once each. Folders are watched, not files: most
 * programs put a new file in the old one's place.
 */
export class DocumentWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  /** by real path, the digest that was told last */
  readonly #known = new Map<string, string | null>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #tell: (path: string, digest: string | null, by: string | null) => void;

  constructor(tell: (path: string, digest: string | null, by: string | null) => void) {
    this.#tell = tell;
  }

  /** Begins to watch a file whose digest is known, or is about to be this. */
  add(path: string, digest: string): void {
    this.#known.set(path, digest);
    const folder = dirname(path);
    if (this.#watchers.has(folder) || this.#watchers.size >= MOST_FOLDERS) return;
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      const changed = name === null ? undefined : join(folder, basename(name));
      if (changed === undefined || !this.#known.has(changed)) return;
      clearTimeout(this.#timers.get(changed));
      this.#timers.set(
        changed,
        setTimeout(() => void this.#look(changed), SETTLE_MS),
      );
    });
    watcher.on('error', () => {});
    this.#watchers.set(folder, watcher);
  }

  /** A page saved it: tell the others at once, and nobody again when the file system does. */
  saved(path: string, digest: string, by: string | null): void {
    this.#tell(path, digest, by);
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #look(path: string): Promise<void> {
    const digest = await readRegularFile(path, LARGEST_GRAPH).then(sha256, () => null);
    if (!this.#known.has(path) || this.#known.get(path) === digest) return;
    this.#known.set(path, digest);
    this.#tell(path, digest, null);
  }
}
