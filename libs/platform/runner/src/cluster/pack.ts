import { randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { NatsStore } from '@soliloquy/artifacts/nats';
import type { Made } from '../transport/protocol.ts';
import { wireWork, type Packed, type PackedMade, type PackedWork, type WireWork } from './messages.ts';

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

export async function unpackWork(work: PackedWork, store: NatsStore): Promise<WireWork> {
  return work.kind === 'stored'
    ? wireWork.parse(JSON.parse(new TextDecoder().decode(await store.readFile(work.stored, 'work.json'))))
    : work;
}

/** What a task made, in its state; a long list of outputs goes by the object store. */
export async function packMade(made: Made, store: NatsStore): Promise<PackedMade> {
  return JSON.stringify(made).length <= inline(store)
    ? made
    : { stored: (await store.put('made', { 'made.json': Buffer.from(JSON.stringify(made)) })).digest };
}

export async function unpackMade(made: PackedMade, store: NatsStore): Promise<Made> {
  return 'stored' in made
    ? (JSON.parse(new TextDecoder().decode(await store.readFile(made.stored, 'made.json'))) as Made)
    : made;
}
