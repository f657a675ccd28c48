import type { NatsConnection } from '@nats-io/nats-core';
import { Kvm } from '@nats-io/kv';
import type { KV } from '@nats-io/kv';
import type { ArtifactFiles } from '@soliloquy/ports';
import type { ArtifactFile, ArtifactRef, ArtifactStore, TaskResult } from '../artifact-store.ts';
import { sha256 } from '../digest.ts';
import type { DiskStore } from '../disk-store.ts';
import { assertDigest, manifestText, parseManifest, parseResult, refsIn, resultText } from '../manifest.ts';
import { ArtifactCorruptedError, ArtifactMissingError } from '../store-error.ts';
import { ContentBucket } from './bucket.ts';
import { persistently, storeErrorOfBroker } from './broker-errors.ts';
import { limited } from './limited.ts';

/** A cluster's store: an object store and a catalog on the broker, with a folder on this machine as read-through cache. */
export interface NatsStore extends ArtifactStore {
  /** What was brought here: worker processes read and write it. */
  readonly local: DiskStore;
  /** Brings an artifact into the local folder, each content verified by its sha256. @throws ArtifactMissingError, ArtifactCorruptedError (the bad content is removed from the cluster) */
  bring(digest: string): Promise<ArtifactRef>;
  /** Sends an artifact of the local folder to the cluster: contents that are there already are not sent again; then the manifest. @throws StoreError `store-full` */
  send(digest: string): Promise<ArtifactRef>;
  /** Removes an artifact and its contents here and in the cluster: for values that nobody else can name. */
  discard(digest: string): Promise<void>;
}

/** Names of the buckets that `openNatsStore` opens. */
export const ARTIFACT_BUCKETS = { contents: 'soliloquy-contents', catalog: 'soliloquy-catalog' } as const;

/** Transfers at a time: more only wait for one another. */
const TRANSFERS = 2;
/** A content is read again once when it does not fit: somebody may have replaced it meanwhile. */
const READS = 2;

/**
 * Opens the store of a cluster. Contents are objects named by their sha256; the catalog has the manifests (`artifact.<digest>`) and the results of tasks
 * (`result.<key>`), each verified when it is read. While the broker is away every method waits for it.
 *
 * @param connection its own: large transfers hold up what else goes over it
 * @param signal ends waiting for a broker that is away
 * @throws when the buckets are not there
 */
export async function openNatsStore(connection: NatsConnection, local: DiskStore, signal?: AbortSignal): Promise<NatsStore> {
  const contents = await ContentBucket.open(connection, ARTIFACT_BUCKETS.contents);
  const catalog = await new Kvm(connection).open(ARTIFACT_BUCKETS.catalog);
  return new BrokerStore(local, contents, catalog, signal);
}

class BrokerStore implements NatsStore {
  readonly local: DiskStore;
  readonly #contents: ContentBucket;
  readonly #catalog: KV;
  readonly #signal: AbortSignal | undefined;
  readonly #turn = limited(TRANSFERS);
  /** Two that want one artifact share its transfer. */
  readonly #bringing = new Map<string, Promise<ArtifactRef>>();
  readonly #sending = new Map<string, Promise<ArtifactRef>>();

  constructor(local: DiskStore, contents: ContentBucket, catalog: KV, signal: AbortSignal | undefined) {
    this.local = local;
    this.#contents = contents;
    this.#catalog = catalog;
    this.#signal = signal;
  }

  async put(type: string, files: ArtifactFiles): Promise<ArtifactRef> {
    const { digest } = await this.local.put(type, files);
    return this.send(digest);
  }

  async has(digest: string): Promise<boolean> {
    const ref = await this.#manifest(digest);
    if (ref === undefined) return false;
    const there = await Promise.all(ref.files.map((file) => this.#ask(`a look at ${file.name}`, () => this.#contents.has(file))));
    return there.every(Boolean);
  }

  async check(digest: string): Promise<void> {
    if (!(await this.has(digest))) throw new ArtifactMissingError(digest, 'an artifact of this digest in the cluster');
  }

  async describe(digest: string): Promise<ArtifactRef> {
    assertDigest(digest, 'digest');
    const ref = await this.#manifest(digest);
    if (ref === undefined) throw new ArtifactMissingError(digest, 'an artifact of this digest in the cluster');
    return ref;
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
    if (file === undefined) throw new ArtifactMissingError(digest, `a file "${name}" among ${files.map((each) => each.name).join(', ')}`);
    return (await this.get(digest))[name];
  }

  async getResult(taskKey: string): Promise<TaskResult | undefined> {
    assertDigest(taskKey, 'task key');
    const entry = await this.#ask('a result', () => this.#catalog.get(`result.${taskKey}`));
    const result = entry !== null && entry.operation === 'PUT' ? parseResult(entry.string()) : undefined;
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
    await this.#ask('a result', () => this.#catalog.put(`result.${taskKey}`, resultText(result)));
    await this.local.putResult(taskKey, result);
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
      const ref = await this.describe(digest);
      await Promise.all(ref.files.map((file) => this.#turn(() => this.#bringContent(digest, file))));
      await this.local.writeManifest(ref);
      return ref;
    });
  }

  send(digest: string): Promise<ArtifactRef> {
    return once(this.#sending, digest, async () => {
      const ref = await this.local.describe(digest);
      await Promise.all(ref.files.map((file) => this.#turn(() => this.#sendContent(digest, file))));
      if ((await this.#manifest(digest)) === undefined) await this.#ask('a manifest', () => this.#catalog.put(`artifact.${digest}`, manifestText(ref.type, ref.files)));
      return ref;
    });
  }

  async discard(digest: string): Promise<void> {
    const ref = await this.#manifest(digest);
    if (ref === undefined) return;
    await this.#ask('forgetting a value', () => this.#catalog.purge(`artifact.${digest}`));
    for (const file of ref.files) await this.#ask('forgetting a value', () => this.#contents.remove(file.digest));
  }

  /** `undefined` when the catalog has none, or one that does not fit its digest. */
  async #manifest(digest: string): Promise<ArtifactRef | undefined> {
    assertDigest(digest, 'digest');
    const entry = await this.#ask('a manifest', () => this.#catalog.get(`artifact.${digest}`));
    if (entry === null || entry.operation !== 'PUT' || sha256(entry.value) !== digest) return undefined;
    return parseManifest(entry.string(), digest);
  }

  async #bringContent(artifact: string, file: ArtifactFile): Promise<void> {
    if (await this.local.hasContent(file)) return;
    for (let read = 1; ; read++) {
      const found = await this.#ask(`file "${file.name}"`, () => this.#contents.open(file));
      if (found === undefined) throw new ArtifactMissingError(artifact, `the content of its file "${file.name}" in the cluster`);
      let got: string;
      try {
        got = await this.local.writeContent(file, found.pieces);
      } catch (cause) {
        if (read < READS && !(cause instanceof Error && cause.name.startsWith('Store'))) continue;
        // The object store says itself that what it has is damaged.
        if (!(cause instanceof Error && /corrupt/.test(cause.message))) throw storeErrorOfBroker(cause, `reading file "${file.name}"`);
        got = 'another sha256'.padEnd(12);
      }
      if (got === file.digest) return;
      if (read < READS) continue;
      await this.#ask('forgetting what is damaged', () => this.#contents.drop(file.digest, found.id));
      throw new ArtifactCorruptedError(artifact, `file "${file.name}" of ${file.bytes} bytes with sha256 ${file.digest.slice(0, 12)}`, `sha256 ${got.slice(0, 12)} from the object store`, 'nowhere');
    }
  }

  async #sendContent(artifact: string, file: ArtifactFile): Promise<void> {
    if (await this.#ask(`a look at ${file.name}`, () => this.#contents.has(file))) return;
    const fits = await this.#ask(`file "${file.name}" (${file.bytes} bytes)`, () => this.#contents.put(file, this.local.readContent(artifact, file)));
    // Verified by reading it here as a whole: it raises what is the matter, and the bad copy is moved aside.
    if (!fits) await this.local.get(artifact);
    if (!(await this.#ask(`a look at ${file.name}`, () => this.#contents.has(file)))) throw storeErrorOfBroker(new Error('something else'), `file "${file.name}" as it was sent`);
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

async function once<T>(running: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
  let promise = running.get(key);
  if (promise === undefined) {
    promise = work().finally(() => running.delete(key));
    running.set(key, promise);
  }
  return promise;
}
