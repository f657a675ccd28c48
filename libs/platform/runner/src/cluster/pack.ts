import { randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { NatsStore } from '@soliloquy/artifacts/nats';
import type { Made } from '../transport/protocol.ts';
import { TaskError } from '../transport/task-error.ts';
import { parseMade } from './check-made.ts';
import { parseJson, wireWork, type Packed, type PackedMade, type PackedWork, type WireWork } from './messages.ts';

/** What a message of a broker holds beside all else: its limit is 1 MB, or what the server says. Bytes. */
const INLINE = 128 * 1024;
const OWN = 16;

/** Half a message, in base64 two thirds of it. */
function inline({ messageBytes }: NatsStore): number {
  return Math.min(INLINE, Math.floor(messageBytes / 2));
}

/**
 * Makes a value of a call (typed arrays included, by structured clone) fit for a message; a large one goes by the
 * object store.
 */
export async function pack(value: unknown, store: NatsStore): Promise<Packed> {
  const bytes = serialize(value);
  if (bytes.length <= inline(store)) return { inline: bytes.toString('base64') };
  // Beginning with something of its own it is nobody else's content, and can be removed after it was read.
  const { digest } = await store.put('call', { 'value.bin': Buffer.concat([randomBytes(OWN), bytes]) });
  return { stored: digest };
}

export async function unpack(packed: Packed, store: NatsStore): Promise<unknown> {
  return deserialize(
    'inline' in packed
      ? Buffer.from(packed.inline, 'base64')
      : (await store.readFile(packed.stored, 'value.bin')).subarray(OWN),
  );
}

/** Removes what `pack` stored. */
export async function discardPacked(packed: Packed, store: NatsStore): Promise<void> {
  if ('stored' in packed) await store.discard(packed.stored);
}

/** Work as its message holds it; of thousands of inputs it goes by the object store, where it stays. */
export async function packWork(work: WireWork, store: NatsStore): Promise<PackedWork> {
  const text = JSON.stringify(work);
  if (Buffer.byteLength(text) <= inline(store)) return work;
  const { digest } = await store.put('work', { 'work.json': Buffer.from(text) });
  return { kind: 'stored', stored: digest, label: work.label, threads: work.threads };
}

/** @returns `undefined` where what is stored is no work. @throws StoreError */
export async function unpackWork(work: PackedWork, store: NatsStore): Promise<WireWork | undefined> {
  return work.kind === 'stored' ? parseJson(wireWork, await store.readFile(work.stored, 'work.json')) : work;
}

/** What a task made, in its state; a long list of outputs goes by the object store. */
export async function packMade(made: Made, store: NatsStore): Promise<PackedMade> {
  return JSON.stringify(made).length <= inline(store)
    ? made
    : { stored: (await store.put('made', { 'made.json': Buffer.from(JSON.stringify(made)) })).digest };
}

/** A list of a million outputs. Bytes. */
const MOST_MADE = 512 * 2 ** 20;

/** @throws TaskError `task.bad-result` for what no worker says of a task that it did; StoreError */
export async function unpackMade(packed: PackedMade, store: NatsStore): Promise<Made> {
  const made = parseMade('stored' in packed ? await readMade(packed.stored, store) : packed);
  if (made !== undefined) return made;
  throw new TaskError({
    code: 'task.bad-result',
    where: 'cluster.tasks',
    expected: 'what a task made',
    got: 'something else',
    remedy: 'look at the workers: one has another version, or is nobody of yours',
  });
}

async function readMade(digest: string, store: NatsStore): Promise<unknown> {
  if ((await store.describe(digest)).bytes > MOST_MADE) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await store.readFile(digest, 'made.json')));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
