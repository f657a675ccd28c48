import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { Objm } from '@nats-io/obj';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findNatsServer, NO_NATS_SERVER, startNatsServer, type NatsServer } from '@soliloquy/testing';
import { ArtifactCorruptedError, ArtifactMissingError, openDiskStore, sha256 } from '../src/index.ts';
import { makeArtifactBuckets, openNatsStore, type NatsStore } from '../src/nats/index.ts';
import { bytes, filesIn, KEY, scratch } from './scratch.ts';

beforeEach(({ skip }) => skip(findNatsServer() === undefined, NO_NATS_SERVER));

async function serve(maxBytes?: number, config: object = {}): Promise<NatsServer> {
  const server = await startNatsServer({ ...config });
  onTestFinished(() => server.stop());
  const connection = await reach(server);
  await makeArtifactBuckets(connection, { maxBytes });
  return server;
}

async function reach(server: NatsServer): Promise<NatsConnection> {
  const connection = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  onTestFinished(() => connection.close());
  return connection;
}

/** A machine: its own folder, its own connection. */
async function machine(server: NatsServer): Promise<NatsStore> {
  return openNatsStore(await reach(server), await openDiskStore(await scratch()));
}

/** Repeats, and is no multiple of a chunk. */
const LARGE = Uint8Array.from({ length: 700_001 }, (_, at) => (at * 2654435761) >>> 24);
/** What files are, in short: comparing them byte by byte takes vitest seconds. */
const prints = (files: Readonly<Record<string, Uint8Array>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, `${content.byteLength} ${sha256(content)}`]),
  );
/** One bit is another, in the last byte. */
const damaged = (content: Uint8Array): Uint8Array =>
  content.map((byte, at) => (at === content.length - 1 ? byte ^ 1 : byte));
const FILES = { 'large.bin': LARGE, 'card.json': bytes('{}'), 'none.txt': new Uint8Array(0) };

describe('a store of a cluster', () => {
  test('gives every machine what one of them put, byte for byte, under the digest that a disk gives it', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const ref = await a.put('video', FILES);
    expect(ref).toEqual(await (await openDiskStore(await scratch())).put('video', FILES));
    expect(await b.has(ref.digest)).toBe(true);
    expect(prints(await b.get(ref.digest))).toEqual(prints(FILES));
    expect(await b.describe(ref.digest)).toEqual(ref);
    await a.putResult(KEY, { outputs: { video: ref }, about: { steps: 3 } });
    expect(await b.getResult(KEY)).toEqual({ outputs: { video: ref }, about: { steps: 3 } });
  });

  test('sends no message larger than the server takes', async () => {
    const server = await serve(undefined, { max_payload: 64 * 1024 });
    const [a, b] = [await machine(server), await machine(server)];
    const small = Uint8Array.from({ length: 60_000 }, (_, at) => at);
    // Seven small ones of 12 kB would travel with their manifest, were there room.
    const parts = Array.from({ length: 7 }, (_, at) => [`${at}.bin`, small.slice(at, at + 12_000)] as const);
    const files = { ...FILES, 'a.bin': small, ...Object.fromEntries(parts) };
    const { digest } = await a.put('video', files);
    expect(prints(await b.get(digest))).toEqual(prints(files));
    expect(a.messageBytes).toBe(60 * 1024);
  });

  test('sends a content once, whoever has it and whatever artifact it is in', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const manager = await jetstreamManager(await reach(server));
    const messages = async (): Promise<number> => (await manager.streams.info('OBJ_soliloquy-contents')).state.messages;
    await a.put('video', { 'large.bin': LARGE });
    const once = await messages();
    expect(once).toBe(Math.ceil(LARGE.length / 2 ** 19) + 1);
    await b.put('motion', { 'other.bin': LARGE });
    await a.put('video', { 'large.bin': LARGE });
    expect(await messages()).toBe(once);
  });

  test('reads what it has here without asking for the content again', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const { digest } = await a.put('video', FILES);
    await b.bring(digest);
    const manager = await jetstreamManager(await reach(server));
    await manager.streams.purge('OBJ_soliloquy-contents');
    expect(prints(await b.get(digest))).toEqual(prints(FILES));
    expect(await b.has(digest)).toBe(false);
  });

  test('holds what this machine made before it joined: it is sent when a run asks for it', async () => {
    const server = await serve();
    const local = await openDiskStore(await scratch());
    const ref = await local.put('text', { 'text.txt': bytes('hello') });
    await local.putResult(KEY, { outputs: { line: ref } });
    const a = await openNatsStore(await reach(server), local);
    expect(await a.getResult(KEY)).toEqual({ outputs: { line: ref } });
    expect(await (await machine(server)).getResult(KEY)).toEqual({ outputs: { line: ref } });
  });
});

describe('an object that is damaged in the cluster', () => {
  test('is found by its digest, removed, and whole again when it is put anew', async () => {
    const server = await serve();
    const [a, b, c] = [await machine(server), await machine(server), await machine(server)];
    const { digest } = await a.put('video', FILES);
    const connection = await reach(server);
    const manager = await jetstreamManager(connection);
    // Another content of the same length under the same name: what a flipped bit on the server's disk comes to.
    const info = (await manager.streams.getMessage('OBJ_soliloquy-contents', {
      last_by_subj:
        `$O.soliloquy-contents.M.${Buffer.from(sha256(LARGE)).toString('base64url')}` +
        `${'='.repeat((3 - (64 % 3)) % 3)}`,
    })) as { json(): { nuid: string } };
    const chunk = await manager.streams.getMessage('OBJ_soliloquy-contents', {
      last_by_subj: `$O.soliloquy-contents.C.${info.json().nuid}`,
    });
    await manager.streams.deleteMessage('OBJ_soliloquy-contents', chunk?.seq as number);
    await connection.request(`$O.soliloquy-contents.C.${info.json().nuid}`, damaged(chunk?.data as Uint8Array));
    const error = await b.get(digest).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ArtifactCorruptedError);
    expect((error as Error).message).toContain('file "large.bin"');
    expect(await b.has(digest)).toBe(false);
    await expect(c.get(digest)).rejects.toBeInstanceOf(ArtifactMissingError);
    await a.send(digest);
    expect(prints(await c.get(digest))).toEqual(prints(FILES));
  });

  test('among small ones, which travel with the manifest, counts as missing until it is put anew', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const small = { 'card.json': bytes('{"a":1}'), 'none.txt': new Uint8Array(0), 'text.txt': bytes('hello') };
    const { digest } = await a.put('text', small);
    const connection = await reach(server);
    const manager = await jetstreamManager(connection);
    expect((await manager.streams.info('OBJ_soliloquy-contents')).state.messages).toBe(0);
    const subject = `$KV.soliloquy-catalog.artifact.${digest}`;
    const entry = (await manager.streams.getMessage('KV_soliloquy-catalog', { last_by_subj: subject }))
      ?.data as Uint8Array;
    for (const bad of [damaged(entry), entry.subarray(0, -1), Buffer.concat([entry, bytes('x')])]) {
      await connection.request(subject, bad);
      expect(await b.has(digest)).toBe(false);
      await expect(b.get(digest)).rejects.toBeInstanceOf(ArtifactMissingError);
    }
    await a.send(digest);
    expect(prints(await b.get(digest))).toEqual(prints(small));
  });

  test('that is longer than it should be is not read to its end', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const { digest, files } = await a.put('video', { 'large.bin': LARGE });
    const objects = await new Objm(await reach(server)).open('soliloquy-contents');
    // Forty times as long, under the name of the content.
    const long = new ReadableStream<Uint8Array>({
      start(stream) {
        for (let at = 0; at < 40; at++) stream.enqueue(LARGE);
        stream.close();
      },
    });
    await objects.put({ name: files[0].digest }, long);
    const connection = await reach(server);
    const reader = await openNatsStore(connection, b.local);
    const before = connection.stats().inBytes;
    await expect(reader.get(digest)).rejects.toBeInstanceOf(ArtifactCorruptedError);
    // Twice, each little more than there should be.
    expect(connection.stats().inBytes - before).toBeLessThan(6 * LARGE.length);
    expect((await readdir(join(b.local.root, 'temporary'))).length).toBe(0);
  });

  test('never leaves a half-brought file here', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const { digest, files } = await a.put('video', { 'large.bin': LARGE });
    const manager = await jetstreamManager(await reach(server));
    await manager.streams.purge('OBJ_soliloquy-contents', { filter: '$O.soliloquy-contents.M.>' });
    await expect(b.bring(digest)).rejects.toBeInstanceOf(ArtifactMissingError);
    expect(await filesIn(join(b.local.root))).toEqual([]);
    expect(await b.local.hasContent(files[0])).toBe(false);
  });
});

describe('a full object store', () => {
  test('is named, nothing of the artifact is visible, and it is whole once there is room', async () => {
    const server = await serve(2 ** 20);
    const [a, b] = [await machine(server), await machine(server)];
    await a.put('video', { 'large.bin': LARGE });
    const second = { 'other.bin': LARGE.map((byte) => byte ^ 1) };
    await expect(a.put('video', second)).rejects.toMatchObject({
      code: 'store.full',
      message: expect.stringMatching(
        /^cluster\.artifacts: expected room for file "other\.bin".*got a full object store.*; delete old artifacts/,
      ) as string,
    });
    const { digest } = await a.local.put('video', second);
    expect(await b.has(digest)).toBe(false);
    const manager = await jetstreamManager(await reach(server));
    const { config } = await manager.streams.info('OBJ_soliloquy-contents');
    await manager.streams.update(config.name, { ...config, max_bytes: 2 ** 23 });
    await a.send(digest);
    expect(prints(await b.get(digest))).toEqual(prints(second));
  });
});

describe('kill -9 of the server', () => {
  test('in the middle of a transfer is waited out, both ways', async () => {
    const server = await serve();
    const [a, b] = [await machine(server), await machine(server)];
    const content = Uint8Array.from({ length: 20_000_000 }, (_, at) => (at * 2654435761) >>> 24);
    const sending = a.put('video', { 'large.bin': content });
    await server.kill();
    await server.start();
    const { digest } = await sending;
    const bringing = b.bring(digest);
    await server.kill();
    await server.start();
    await bringing;
    expect(sha256((await b.get(digest))['large.bin'])).toBe(sha256(content));
  });
});
