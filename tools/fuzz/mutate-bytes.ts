import type { Draws } from '@soliloquy/random';

/** Changes bytes in one way; may give the same bytes again. */
export type Mutator = (bytes: Uint8Array, draws: Draws) => Uint8Array;

/** What counts, lengths and offsets are believed at one's peril. */
const NUMBERS = [
  0,
  1,
  2,
  127,
  128,
  255,
  256,
  32767,
  65535,
  2 ** 24 - 1,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
];

/** A place in the bytes; as often in the first 64 as anywhere: headers are where promises are made. */
function place(length: number, draws: Draws): number {
  return draws.index(Math.max(1, draws.next() < 0.5 ? Math.min(64, length) : length));
}

const flipBit: Mutator = (bytes, draws) => {
  const out = new Uint8Array(bytes);
  if (out.length > 0) out[place(out.length, draws)] ^= 1 << draws.index(8);
  return out;
};

const setByte: Mutator = (bytes, draws) => {
  const out = new Uint8Array(bytes);
  if (out.length > 0)
    out[place(out.length, draws)] = draws.pick([0, 1, 0x20, 0x7f, 0x80, 0xfe, 0xff, draws.index(256)]);
  return out;
};

/** A number of 16, 32 or 64 bits in either order. */
const setNumber: Mutator = (bytes, draws) => {
  const out = new Uint8Array(bytes);
  const width = draws.pick([2, 4, 4, 8]);
  if (out.length < width) return out;
  const at = Math.min(place(out.length, draws), out.length - width);
  const [value, little] = [draws.pick(NUMBERS), draws.next() < 0.5];
  const view = new DataView(out.buffer);
  if (width === 2) view.setUint16(at, value & 0xffff, little);
  else if (width === 4) view.setUint32(at, value, little);
  else view.setBigUint64(at, draws.next() < 0.3 ? 2n ** 63n - 1n : BigInt(value), little);
  return out;
};

const truncate: Mutator = (bytes, draws) => bytes.slice(0, draws.index(bytes.length + 1));

const removePart: Mutator = (bytes, draws) => {
  const at = place(bytes.length, draws);
  return joined([bytes.subarray(0, at), bytes.subarray(at + 1 + draws.index(Math.min(512, bytes.length + 1)))]);
};

const repeatPart: Mutator = (bytes, draws) => {
  const at = place(bytes.length, draws);
  const part = bytes.subarray(at, at + 1 + draws.index(512));
  const times = 1 + draws.index(8);
  return joined([bytes.subarray(0, at), ...Array<Uint8Array>(times).fill(part), bytes.subarray(at)]);
};

const insertNoise: Mutator = (bytes, draws) => {
  const at = place(bytes.length, draws);
  const noise = Uint8Array.from({ length: 1 + draws.index(32) }, () => draws.index(256));
  return joined([bytes.subarray(0, at), noise, bytes.subarray(at)]);
};

const clearPart: Mutator = (bytes, draws) => {
  const out = new Uint8Array(bytes);
  const at = place(out.length, draws);
  return out.fill(draws.pick([0, 0xff]), at, at + 1 + draws.index(256));
};

/** Changes that know nothing of what the bytes mean. */
export const BYTE_MUTATORS: readonly Mutator[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  setNumber,
  setNumber,
  truncate,
  removePart,
  repeatPart,
  insertNoise,
  clearPart,
];

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
