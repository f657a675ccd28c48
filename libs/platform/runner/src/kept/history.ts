import { join } from 'node:path';
import { readRegularFile, writeFileAtomically } from '@soliloquy/artifacts';
import { elementText, type ElementId } from '../plan/elements.ts';
import type { Ingredients } from '../plan/task-key.ts';

const SOON_MS = 500;

/**
 * What every element of a graph's nodes was last made of, so that `plan` can say why it is stale. Only words hang on
 * it: what runs is decided by keys. Lost or broken, it costs a reason.
 */
export class History {
  readonly #path: string;
  readonly #last: Map<string, Ingredients>;
  #saving: Promise<void> = Promise.resolve();
  #dirty = false;
  #soon: NodeJS.Timeout | undefined;

  private constructor(path: string, last: Map<string, Ingredients>) {
    this.#path = path;
    this.#last = last;
  }

  /** @param folder of the project's state; @param graph its name */
  static async open(folder: string, graph: string): Promise<History> {
    const path = join(folder, 'history', `${graph}.json`);
    try {
      return new History(
        path,
        new Map(
          Object.entries(JSON.parse((await readRegularFile(path)).toString('utf8')) as Record<string, Ingredients>),
        ),
      );
    } catch {
      return new History(path, new Map());
    }
  }

  before(id: ElementId): Ingredients | undefined {
    return this.#last.get(elementText(id));
  }

  /** Remembers and, soon, writes. */
  record(id: ElementId, ingredients: Ingredients): void {
    this.#last.set(elementText(id), ingredients);
    this.#dirty = true;
  }

  /** Writes within a second or so: of many tasks not each rewrites the file. */
  saveSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.save();
    }, SOON_MS).unref();
  }

  /** Writes what was recorded; several at once become one. A disk that refuses loses reasons, not results. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      if (!this.#dirty) return;
      this.#dirty = false;
      try {
        await writeFileAtomically(this.#path, JSON.stringify(Object.fromEntries(this.#last)), { synced: false });
      } catch {
        this.#dirty = true;
      }
    });
    return this.#saving;
  }
}
