import type { KV } from '@nats-io/kv';
import type { ArtifactRef, TaskResult } from '../artifact-store.ts';
import type { HeldArtifact, HeldResult, Inventory, Removed } from '../inventory.ts';
import type { ContentBucket } from './bucket.ts';
import { parseEntry } from './catalog-entry.ts';

/** Names of what the catalog holds. */
const [ARTIFACT, RESULT] = ['artifact.', 'result.'] as const;

/** What an inventory of a cluster is made of. */
export interface CatalogParts {
  readonly catalog: KV;
  readonly contents: ContentBucket;
  /** reads a result, wherever its entry says that it is; `undefined` for one that was lost */
  readonly resultOf: (entry: string) => Promise<TaskResult | undefined>;
  /** digest of the artifact that holds a result, where its entry names one */
  readonly holderOf: (entry: string) => string | undefined;
  /** asks until the broker answers */
  readonly ask: <T>(doing: string, ask: () => Promise<T>) => Promise<T>;
}

/** What the buckets of a cluster hold. */
export class CatalogInventory implements Inventory {
  readonly #parts: CatalogParts;

  constructor(parts: CatalogParts) {
    this.#parts = parts;
  }

  async *results(): AsyncIterable<HeldResult> {
    for (const key of await this.#keys(RESULT)) {
      const entry = await this.#entry(key);
      const result = entry && (await this.#parts.resultOf(entry.string()));
      if (entry === undefined || result === undefined) continue;
      const holder = this.#parts.holderOf(entry.string());
      yield { key: key.slice(RESULT.length), result, ...(holder && { holder }), changed: entry.created };
    }
  }

  async *artifacts(): AsyncIterable<HeldArtifact> {
    for (const key of await this.#keys(ARTIFACT)) {
      const entry = await this.#entry(key);
      const held = entry && parseEntry(entry.value, key.slice(ARTIFACT.length));
      if (entry && held) yield { ref: held.ref, changed: entry.created };
    }
  }

  async remove(what: { results: Iterable<string>; artifacts: Iterable<string> }): Promise<Removed> {
    const { catalog, contents, holderOf, ask } = this.#parts;
    const wanted = new Set(what.artifacts);
    const results: string[] = [];
    for (const key of new Set(what.results)) {
      const entry = await this.#entry(`${RESULT}${key}`);
      if (entry === undefined) continue;
      results.push(key);
      const holder = holderOf(entry.string());
      if (holder !== undefined) wanted.add(holder);
    }
    const kept = new Set<string>();
    const going: ArtifactRef[] = [];
    for await (const { ref } of this.artifacts())
      if (wanted.has(ref.digest)) going.push(ref);
      else for (const { digest } of ref.files) kept.add(digest);
    for (const digest of wanted) await ask('removing a manifest', () => catalog.purge(`${ARTIFACT}${digest}`));
    let bytes = 0;
    for (const file of new Map(going.flatMap(({ files }) => files.map((each) => [each.digest, each]))).values()) {
      if (kept.has(file.digest)) continue;
      bytes += file.bytes;
      await ask('removing a content', () => contents.remove(file.digest));
    }
    for (const key of results) await ask('removing a result', () => catalog.purge(`${RESULT}${key}`));
    return { results: results.length, artifacts: going.length, bytes };
  }

  async removeStray(before: Date): Promise<number> {
    const named = new Set<string>();
    for await (const { ref } of this.artifacts()) for (const { digest } of ref.files) named.add(digest);
    let bytes = 0;
    for (const { digest, bytes: size, changed } of await this.#parts.ask('a look at all contents', () =>
      this.#parts.contents.list(),
    ))
      if (!named.has(digest) && changed < before) {
        await this.#parts.ask('removing a content', () => this.#parts.contents.remove(digest));
        bytes += size;
      }
    return bytes;
  }

  async #keys(prefix: string): Promise<string[]> {
    return this.#parts.ask('a look at the catalog', async () => {
      const keys: string[] = [];
      for await (const key of await this.#parts.catalog.keys(`${prefix}*`)) keys.push(key);
      return keys;
    });
  }

  async #entry(key: string) {
    const entry = await this.#parts.ask('an entry', () => this.#parts.catalog.get(key));
    return entry !== null && entry.operation === 'PUT' ? entry : undefined;
  }
}
