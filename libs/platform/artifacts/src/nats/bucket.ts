import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { Objm } from '@nats-io/obj';
import type { ObjectInfo, ObjectStore } from '@nats-io/obj';
import type { ArtifactFile } from '../artifact-store.ts';

/** A read that brings nothing for so long has lost its chunks: somebody replaced the object meanwhile. */
const SILENCE_MS = 15_000;

/**
 * The object store of a cluster: file contents, each once, named by their sha256. Chunks of 128 KiB, every one acknowledged.
 * Few transfers at a time: on one connection four concurrent reads of 50 MB took 32 s.
 */
export class ContentBucket {
  readonly #objects: ObjectStore;
  readonly #manager: JetStreamManager;
  readonly #bucket: string;

  private constructor(objects: ObjectStore, manager: JetStreamManager, bucket: string) {
    this.#objects = objects;
    this.#manager = manager;
    this.#bucket = bucket;
  }

  /** @throws when there is no such bucket */
  static async open(connection: NatsConnection, bucket: string): Promise<ContentBucket> {
    return new ContentBucket(await new Objm(connection).open(bucket), await jetstreamManager(connection, { checkAPI: false }), bucket);
  }

  /** What the store states of a content: whole means that size and sha256 are the file's. */
  async has(file: ArtifactFile): Promise<boolean> {
    const info = await this.#objects.info(file.digest);
    return info !== null && !info.deleted && info.size === file.bytes && info.digest === statedDigest(file.digest);
  }

  /** @returns whether what came has the file's sha256; where it has not, nothing is kept */
  async put(file: ArtifactFile, pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
    const iterator = pieces[Symbol.asyncIterator]();
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      },
      { highWaterMark: 1 },
    );
    const { digest } = await this.#objects.put({ name: file.digest }, stream);
    if (digest === statedDigest(file.digest)) return true;
    await this.#objects.delete(file.digest);
    return false;
  }

  /** The content piece by piece; `undefined` when it is not there. Not verified. */
  async open(file: ArtifactFile): Promise<{ readonly id: string; readonly pieces: AsyncIterable<Uint8Array> } | undefined> {
    const info = await this.#objects.info(file.digest);
    if (info === null || info.deleted) return undefined;
    return { id: info.nuid, pieces: info.chunks <= 1 ? this.#single(info) : this.#many(file.digest) };
  }

  /** Forgets a content that was found damaged, unless it was put anew since. */
  async drop(digest: string, id: string): Promise<void> {
    const info = await this.#objects.info(digest);
    if (info !== null && !info.deleted && info.nuid === id) await this.#objects.delete(digest);
  }

  async remove(digest: string): Promise<void> {
    await this.#objects.delete(digest);
  }

  /** One request where a consumer would take four: most of what stages make fits one chunk. */
  async *#single(info: ObjectInfo): AsyncIterable<Uint8Array> {
    if (info.chunks === 0) return;
    const chunk = await this.#manager.streams.getMessage(`OBJ_${this.#bucket}`, { last_by_subj: `$O.${this.#bucket}.C.${info.nuid}` });
    if (chunk !== null) yield chunk.data;
  }

  async *#many(name: string): AsyncIterable<Uint8Array> {
    const found = await this.#objects.get(name);
    if (found === null) return;
    // What goes wrong shows in `data` too.
    found.error.catch(() => undefined);
    const reader = found.data.getReader();
    let silent = false;
    const silence = setTimeout(() => {
      silent = true;
      void reader.cancel().catch(() => undefined);
    }, SILENCE_MS);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (silent) throw new Error(`nothing came for ${SILENCE_MS / 1000} s`);
        if (done) return;
        silence.refresh();
        yield value;
      }
    } finally {
      clearTimeout(silence);
      await reader.cancel().catch(() => undefined);
    }
  }
}

/** As object stores state it. */
function statedDigest(hex: string): string {
  return `SHA-256=${Buffer.from(hex, 'hex').toString('base64url')}=`;
}
