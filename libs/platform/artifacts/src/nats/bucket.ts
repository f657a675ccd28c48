import { createHash, randomUUID } from 'node:crypto';
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/nats-core';
import { Objm, type ObjectStore } from '@nats-io/obj';
import type { ArtifactFile } from '../artifact-store.ts';
import { ANSWER_WITHIN_MS, isOvertaken, messageBytesOf, persistently } from './broker-errors.ts';

/**
 * A message's payload is 1 MB at most, where the server does not say another limit. Of 128 KiB chunks half as many
 * bytes pass in a second (measured: 290 and 580 MiB/s). Bytes.
 */
const CHUNK = 512 * 1024;
/** Chunks on the way that the server has not confirmed: with one at a time it is the round trips that take the time. */
const ON_THE_WAY = 8;
/** A chunk may take so long on a slow line. */
const CHUNK_WITHIN_MS = 10_000;

interface BucketParts {
  readonly objects: ObjectStore;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly bucket: string;
  readonly signal: AbortSignal | undefined;
  readonly connection: NatsConnection;
}

/**
 * The object store of a cluster: file contents, each once, named by their sha256, in the common form of NATS object
 * stores (any client can read them). Own code, since the client's `put` waits for every chunk before it sends the next,
 * and its `get` hashes what we hash anyway.
 */
export class ContentBucket {
  readonly #objects: ObjectStore;
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #bucket: string;
  readonly #signal: AbortSignal | undefined;
  readonly #connection: NatsConnection;

  private constructor(parts: BucketParts) {
    this.#objects = parts.objects;
    this.#js = parts.js;
    this.#manager = parts.manager;
    this.#bucket = parts.bucket;
    this.#signal = parts.signal;
    this.#connection = parts.connection;
  }

  /** The largest payload that the server takes now, without headers. Bytes. */
  get messageBytes(): number {
    return messageBytesOf(this.#connection);
  }

  /** @param signal ends waiting for a broker that is away. @throws when there is no such bucket */
  static async open(connection: NatsConnection, bucket: string, signal?: AbortSignal): Promise<ContentBucket> {
    return new ContentBucket({
      objects: await new Objm(jetstream(connection, { timeout: ANSWER_WITHIN_MS })).open(bucket),
      js: jetstream(connection, { timeout: CHUNK_WITHIN_MS }),
      manager: await jetstreamManager(connection, { checkAPI: false, timeout: ANSWER_WITHIN_MS }),
      bucket,
      signal,
      connection,
    });
  }

  /** What the store states of a content: whole means that size and sha256 are the file's. */
  async has(file: ArtifactFile): Promise<boolean> {
    const info = await this.#objects.info(file.digest);
    return info !== null && !info.deleted && info.size === file.bytes && info.digest === statedDigest(file.digest);
  }

  /**
   * Sends a content: the server confirms every chunk and then the entry that names them. Where somebody else sends the
   * same at this moment, who is first stays.
   *
   * @returns whether what came has the file's sha256; where it has not, nothing is kept
   */
  async put(file: ArtifactFile, pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
    const before = await this.#objects.info(file.digest);
    // Asked each time: after a lost connection it may be another server.
    const most = Math.min(CHUNK, this.messageBytes);
    const nuid = randomUUID().replaceAll('-', '');
    const hash = createHash('sha256');
    const sent: Promise<unknown>[] = [];
    let [size, chunks] = [0, 0];
    try {
      for await (const piece of pieces) {
        hash.update(piece);
        for (let at = 0; at < piece.byteLength; at += most) {
          const chunk = piece.subarray(at, at + most);
          while (sent.length >= ON_THE_WAY) await sent.shift();
          const confirmed = this.#js.publish(this.#chunks(nuid), chunk);
          // Whoever waits for it hears of it; that it is not waited for yet is no fault.
          confirmed.catch(() => undefined);
          sent.push(confirmed);
          [size, chunks] = [size + chunk.byteLength, chunks + 1];
        }
      }
      await Promise.all(sent);
      if (hash.digest('hex') !== file.digest) {
        await this.#forget(nuid);
        return false;
      }
      const replaces = headers();
      replaces.set('Nats-Rollup', 'sub');
      const entry = {
        name: file.digest,
        bucket: this.#bucket,
        nuid,
        size,
        chunks,
        digest: statedDigest(file.digest),
        mtime: new Date().toISOString(),
        deleted: false,
        options: { max_chunk_size: most },
      };
      await this.#js.publish(
        `$O.${this.#bucket}.M.${padded(Buffer.from(file.digest).toString('base64url'))}`,
        JSON.stringify(entry),
        { headers: replaces, expect: { lastSubjectSequence: before?.revision ?? 0 } },
      );
    } catch (thrown) {
      await Promise.allSettled(sent);
      await this.#forget(nuid).catch(() => undefined);
      if (isOvertaken(thrown) && (await this.has(file))) return true;
      throw thrown;
    }
    if (before !== null) await this.#forget(before.nuid);
    return true;
  }

  /**
   * The content piece by piece; `undefined` when it is not there. Not verified; a piece that the store has lost ends
   * it, and so does one beyond the size of the file.
   */
  async open(
    file: ArtifactFile,
  ): Promise<{ readonly id: string; readonly pieces: AsyncIterable<Uint8Array> } | undefined> {
    const info = await this.#objects.info(file.digest);
    if (info === null || info.deleted) return undefined;
    return { id: info.nuid, pieces: this.#pieces(info.nuid, info.chunks, file.bytes) };
  }

  /** Forgets a content that was found damaged, unless it was put anew since. */
  async drop(digest: string, id: string): Promise<void> {
    const info = await this.#objects.info(digest);
    if (info !== null && !info.deleted && info.nuid === id) await this.#objects.delete(digest);
  }

  /** One that is not there is passed over. */
  async remove(digest: string): Promise<void> {
    const info = await this.#objects.info(digest);
    if (info !== null && !info.deleted) await this.#objects.delete(digest);
  }

  /** All contents that are there. */
  async list(): Promise<{ readonly digest: string; readonly bytes: number; readonly changed: Date }[]> {
    return (await this.#objects.list())
      .filter(({ deleted }) => !deleted)
      .map(({ name, size, mtime }) => ({ digest: name, bytes: size, changed: new Date(mtime) }));
  }

  /**
   * Each is asked for as soon as the one before is here, while that is written: two are in memory at a time. Of a
   * content that is longer than it may be no more is asked for: it does not fit its digest by then.
   */
  async *#pieces(nuid: string, chunks: number, most: number): AsyncIterable<Uint8Array> {
    let bytes = 0;
    let next = chunks > 0 ? this.#chunk(nuid, 0) : undefined;
    for (let at = 1; next !== undefined; at++) {
      const chunk = await next;
      if (chunk === null || bytes > most) return;
      bytes += chunk.data.byteLength;
      next = at < chunks ? this.#chunk(nuid, chunk.seq + 1) : undefined;
      next?.catch(() => undefined);
      yield chunk.data;
    }
  }

  /** The first chunk from a place in the stream on. A replica that is behind is not the last to be asked. */
  async #chunk(nuid: string, from: number): Promise<{ readonly seq: number; readonly data: Uint8Array } | null> {
    const [stream, query] = [`OBJ_${this.#bucket}`, { seq: from, next_by_subj: this.#chunks(nuid) }];
    return (
      (await persistently(() => this.#manager.direct.getMessage(stream, query), this.#signal)) ??
      (await persistently(() => this.#manager.streams.getMessage(stream, query), this.#signal))
    );
  }

  async #forget(nuid: string): Promise<void> {
    await this.#manager.streams.purge(`OBJ_${this.#bucket}`, { filter: this.#chunks(nuid) });
  }

  #chunks(nuid: string): string {
    return `$O.${this.#bucket}.C.${nuid}`;
  }
}

/** As object stores state it. */
function statedDigest(hex: string): string {
  return `SHA-256=${padded(Buffer.from(hex, 'hex').toString('base64url'))}`;
}

function padded(base64url: string): string {
  return base64url.padEnd(4 * Math.ceil(base64url.length / 4), '=');
}
