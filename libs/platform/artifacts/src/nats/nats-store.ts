import { jetstream } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/nats-core';
import type { ArtifactFiles } from '@soliloquy/ports';
import type { ArtifactFile, ArtifactRef, ArtifactStore, TaskResult } from '../artifact-store.ts';
import type { DiskStore } from '../disk-store.ts';
import type { Inventory } from '../inventory.ts';
import { assertDigest, manifestText, parseResult, refsIn, resultText } from '../manifest.ts';
import { ArtifactCorruptedError, ArtifactMissingError, StoreError } from '../store-error.ts';
import { ANSWER_WITHIN_MS, isOvertaken, persistently, storeErrorOfBroker } from './broker-errors.ts';
import { ContentBucket } from './bucket.ts';
import { entryBytes, parseEntry, smallFiles, type CatalogEntry } from './catalog-entry.ts';
import { limited } from './limited.ts';
import { CatalogInventory } from './nats-inventory.ts';

/**
 * A cluster's store: an object store and a catalog on the broker, with a folder on this machine as read-through cache.
 */
export interface NatsStore extends ArtifactStore {
  /** What was brought here: worker processes read and write it. */
  readonly local: DiskStore;
  /** The largest payload of a message that the server takes now. Bytes. */
  readonly messageBytes: number;
  /**
   * Brings an artifact into the local folder, each content verified by its sha256. @throws ArtifactMissingError,
   * ArtifactCorruptedError (the bad content is removed from the cluster)
   */
  bring(digest: string): Promise<ArtifactRef>;
  /**
   * Sends an artifact of the local folder to the cluster: contents that are there already are not sent again; then the
   * manifest, with the small ones. @throws StoreError `store.full`
   */
  send(digest: string): Promise<ArtifactRef>;
  /** What the cluster holds; the folder on this machine has one of its own. */
  readonly inventory: Inventory;
  /** Removes an artifact and its contents here and in the cluster: for values that nobody else can name. */
  discard(digest: string): Promise<void>;
}

/** Names of the buckets that `openNatsStore` opens. */
export const ARTIFACT_BUCKETS = { contents: 'soliloquy-contents', catalog: 'soliloquy-catalog' } as const;

const RESULT_FILE = 'result.json';
/** Transfers at a time: more only wait for one another. */
const TRANSFERS = 2;
/** A content is read again once when it does not fit: somebody may have replaced it meanwhile. */
const READS = 2;

/**
 * Opens the store of a cluster. Contents are objects named by their sha256; the catalog has the manifests with what
 * files are small (`artifact.<digest>`), and the results of tasks (`result.<key>`), each verified when it is read.
 * While the broker is away every method waits for it.
 *
 * @param connection its own: large transfers hold up what else goes over it
 * @param signal ends waiting for a broker that is away
 * @throws when the buckets are not there
 */
export async function openNatsStore(
  connection: NatsConnection,
  local: DiskStore,
  signal?: AbortSignal,
): Promise<NatsStore> {
  const contents = await ContentBucket.open(connection, ARTIFACT_BUCKETS.contents, signal);
  const kvm = new Kvm(jetstream(connection, { timeout: ANSWER_WITHIN_MS }));
  return new BrokerStore(
    local,
    contents,
    await kvm.open(ARTIFACT_BUCKETS.catalog),
    await kvm.open(ARTIFACT_BUCKETS.catalog, { allow_direct: true }),
    signal,
  );
}

class BrokerStore implements NatsStore {
  readonly local: DiskStore;
  readonly inventory: Inventory;
  readonly #contents: ContentBucket;
  readonly #catalog: KV;
  /** The same, of which any server of a cluster may answer: it may be behind. */
  readonly #nearCatalog: KV;
  readonly #signal: AbortSignal | undefined;
  readonly #turn = limited(TRANSFERS);
  /** Two that want one artifact share its transfer. */
  readonly #bringing = new Map<string, Promise<ArtifactRef>>();
  readonly #sending = new Map<string, Promise<ArtifactRef>>();

  constructor(
    local: DiskStore,
    contents: ContentBucket,
    catalog: KV,
    nearCatalog: KV,
    signal: AbortSignal | undefined,
  ) {
    this.local = local;
    this.#contents = contents;
    this.#catalog = catalog;
    this.#nearCatalog = nearCatalog;
    this.#signal = signal;
    this.inventory = new CatalogInventory({
      catalog,
      contents,
      resultOf: (entry) => this.#resultOf(entry).catch(unlessLost),
      holderOf,
      ask: (doing, ask) => this.#ask(doing, ask),
    });
  }

  get messageBytes(): number {
    return this.#contents.messageBytes;
  }

  async put(type: string, files: ArtifactFiles): Promise<ArtifactRef> {
    const { digest } = await this.local.put(type, files);
    return this.send(digest);
  }

  async has(digest: string): Promise<boolean> {
    const entry = await this.#entry(digest);
    if (entry === undefined) return false;
    const there = await Promise.all(
      entry.elsewhere.map((file) => this.#ask(`a look at ${file.name}`, () => this.#contents.has(file))),
    );
    return there.every(Boolean);
  }

  async check(digest: string): Promise<void> {
    if (!(await this.has(digest))) throw new ArtifactMissingError(digest, 'an artifact of this digest in the cluster');
  }

  async describe(digest: string): Promise<ArtifactRef> {
    return (await this.#find(digest)).ref;
  }

  async get(digest: string): Promise<ArtifactFiles> {
    await this.bring(digest);
    try {
      return await this.local.get(digest);
    } catch (thrown) {
      if (!(thrown instanceof ArtifactCorruptedError)) throw thrown;
      // The copy here was bad and is moved aside: a fresh one comes.
      await this.bring(digest);
      return this.local.get(digest);
    }
  }

  async readFile(digest: string, name: string): Promise<Uint8Array> {
    const { files } = await this.describe(digest);
    const file = files.find((each) => each.name === name);
    if (file === undefined)
      throw new ArtifactMissingError(digest, `a file "${name}" among ${files.map((each) => each.name).join(', ')}`);
    return (await this.get(digest))[name];
  }

  async getResult(taskKey: string): Promise<TaskResult | undefined> {
    assertDigest(taskKey, 'task key');
    const entry = await this.#ask('a result', () => this.#catalog.get(`result.${taskKey}`));
    const result =
      entry !== null && entry.operation === 'PUT' ? await this.#resultOf(entry.string()).catch(unlessLost) : undefined;
    if (result !== undefined) {
      const there = await Promise.all(refsIn(result.outputs).map((ref) => this.has(ref.digest)));
      if (there.every(Boolean)) return result;
    }
    // Made on this machine before, or lost by the cluster since: the copy here serves.
    const here = await this.local.getResult(taskKey);
    if (here === undefined) return undefined;
    try {
      for (const { digest } of refsIn(here.outputs)) await this.send(digest);
    } catch (thrown) {
      if (thrown instanceof ArtifactCorruptedError || thrown instanceof ArtifactMissingError) return undefined;
      throw thrown;
    }
    await this.putResult(taskKey, here);
    return here;
  }

  async putResult(taskKey: string, result: TaskResult): Promise<void> {
    assertDigest(taskKey, 'task key');
    const text = resultText(result);
    // Of thousands of outputs it is more than a message: then the entry says which artifact has it.
    const entry =
      Buffer.byteLength(text) <= this.messageBytes
        ? text
        : JSON.stringify({ stored: (await this.put('result', { [RESULT_FILE]: Buffer.from(text) })).digest });
    await this.#ask('a result', () => this.#catalog.put(`result.${taskKey}`, entry));
    await this.local.putResult(taskKey, result);
  }

  async #resultOf(entry: string): Promise<TaskResult | undefined> {
    const stored = holderOf(entry);
    if (stored === undefined) return parseResult(entry);
    return parseResult(Buffer.from(await this.readFile(stored, RESULT_FILE)).toString('utf8'));
  }

  async dropResult(taskKey: string): Promise<void> {
    assertDigest(taskKey, 'task key');
    await this.#ask('forgetting a result', () => this.#catalog.delete(`result.${taskKey}`));
    await this.local.dropResult(taskKey);
  }

  sizeOnDisk(): Promise<number> {
    return this.local.sizeOnDisk();
  }

  bring(digest: string): Promise<ArtifactRef> {
    return once(this.#bringing, digest, async () => {
      if (await this.local.has(digest)) return this.local.describe(digest);
      const { ref, contents, elsewhere } = await this.#find(digest);
      if (elsewhere.length === 0) return this.local.put(ref.type, contents);
      const small = ref.files.filter((file) => !elsewhere.includes(file));
      await Promise.all([
        ...small.map((file) => this.local.writeContent(file, [contents[file.name]])),
        ...elsewhere.map((file) => this.#turn(() => this.#bringContent(digest, file))),
      ]);
      await this.local.writeManifest(ref);
      return ref;
    });
  }

  send(digest: string): Promise<ArtifactRef> {
    return once(this.#sending, digest, async () => {
      const ref = await this.local.describe(digest);
      const small = smallFiles(ref, this.messageBytes);
      const large = ref.files.filter((file) => !small.includes(file));
      await Promise.all(large.map((file) => this.#turn(() => this.#sendContent(digest, file))));
      const entry = Buffer.byteLength(manifestText(ref.type, ref.files));
      if (entry > this.messageBytes)
        throw new StoreError({
          code: 'store.failed',
          where: 'cluster.artifacts',
          expected: `an artifact whose list of files has at most ${this.messageBytes} bytes`,
          got: `${entry} of ${ref.files.length} files`,
          remedy: "raise max_payload in the server's configuration",
        });
      const contents = Object.fromEntries(
        await Promise.all(small.map(async ({ name }) => [name, await this.local.readFile(digest, name)] as const)),
      );
      await this.#enter(digest, entryBytes(ref, small, contents));
      return ref;
    });
  }

  async discard(digest: string): Promise<void> {
    const entry = await this.#entry(digest);
    if (entry === undefined) return;
    await this.#ask('forgetting a value', () => this.#catalog.purge(`artifact.${digest}`));
    for (const file of entry.elsewhere) await this.#ask('forgetting a value', () => this.#contents.remove(file.digest));
  }

  async #find(digest: string): Promise<CatalogEntry> {
    const entry = await this.#entry(digest);
    if (entry === undefined) throw new ArtifactMissingError(digest, 'an artifact of this digest in the cluster');
    return entry;
  }

  /** `undefined` when the catalog has none, or one that does not fit its digest. */
  async #entry(digest: string): Promise<CatalogEntry | undefined> {
    assertDigest(digest, 'digest');
    for (const catalog of [this.#nearCatalog, this.#catalog]) {
      const found = await this.#ask('a manifest', () => catalog.get(`artifact.${digest}`));
      const entry = found !== null && found.operation === 'PUT' ? parseEntry(found.value, digest) : undefined;
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Most are new: whether one is there is asked only when the server says that something is. */
  async #enter(digest: string, entry: Uint8Array): Promise<void> {
    const key = `artifact.${digest}`;
    const isNew = await this.#ask('a manifest', async () => {
      try {
        await this.#catalog.put(key, entry, { previousSeq: 0 });
        return true;
      } catch (thrown) {
        if (isOvertaken(thrown)) return false;
        throw thrown;
      }
    });
    if (!isNew && (await this.#entry(digest)) === undefined)
      await this.#ask('a manifest', () => this.#catalog.put(key, entry));
  }

  async #bringContent(artifact: string, file: ArtifactFile): Promise<void> {
    if (await this.local.hasContent(file)) return;
    for (let read = 1; ; read++) {
      const found = await this.#ask(`file "${file.name}"`, () => this.#contents.open(file));
      if (found === undefined)
        throw new ArtifactMissingError(artifact, `the content of its file "${file.name}" in the cluster`);
      const got = await this.local.writeContent(file, found.pieces).catch((cause: unknown) => {
        throw storeErrorOfBroker(cause, `reading file "${file.name}"`);
      });
      if (got === file.digest) return;
      if (read < READS) continue;
      await this.#ask('forgetting what is damaged', () => this.#contents.drop(file.digest, found.id));
      throw new ArtifactCorruptedError(
        artifact,
        `file "${file.name}" of ${file.bytes} bytes with sha256 ${file.digest.slice(0, 12)}`,
        `sha256 ${got.slice(0, 12)} from the object store`,
        'nowhere',
      );
    }
  }

  async #sendContent(artifact: string, file: ArtifactFile): Promise<void> {
    if (await this.#ask(`a look at ${file.name}`, () => this.#contents.has(file))) return;
    const fits = await this.#ask(`file "${file.name}" (${file.bytes} bytes)`, () =>
      this.#contents.put(file, this.local.readContent(artifact, file)),
    );
    // Verified by reading it here as a whole: it raises what is the matter, and the bad copy is moved aside.
    if (fits) return;
    await this.local.get(artifact);
    throw storeErrorOfBroker(new Error('something else'), `file "${file.name}" as its digest says`);
  }

  async #ask<T>(doing: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await persistently(ask, this.#signal);
    } catch (cause) {
      if (cause instanceof ArtifactMissingError) throw cause;
      throw storeErrorOfBroker(cause, doing);
    }
  }
}

/** The artifact that has a result which is more than a message. */
function holderOf(entry: string): string | undefined {
  return /^\{"stored":"([0-9a-f]{64})"\}$/.exec(entry)?.[1];
}

/** A result whose own artifact is gone is none. */
function unlessLost(thrown: unknown): undefined {
  if (thrown instanceof ArtifactMissingError || thrown instanceof ArtifactCorruptedError) return undefined;
  throw thrown;
}

async function once<T>(running: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  let promise = running.get(key);
  if (promise === undefined) {
    promise = work().finally(() => running.delete(key));
    running.set(key, promise);
  }
  return promise;
}
