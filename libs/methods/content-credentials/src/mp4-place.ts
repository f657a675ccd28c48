import { createHash } from 'node:crypto';

/** UUID of the box that holds a C2PA manifest store (C2PA 2.2, A.5.1). */
const C2PA_UUID = 0xd8fec3d6;
/** Boxes on the way from the file to the tables of its chunks (ISO/IEC 14496-12, §8). */
const ON_THE_WAY = ['moov', 'trak', 'mdia', 'minf', 'stbl'];

interface Box {
  readonly kind: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** Boxes between two places; one that does not fit ends past `to`. */
export function* boxesIn(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Box> {
  const view = viewOf(bytes);
  for (let at = from; at + 8 <= to;) {
    const short = view.getUint32(at);
    const long = short === 1 && at + 16 <= to;
    const size = long ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (size < 8) return;
    yield { kind, start: at, body: at + (long ? 16 : 8), end: at + size };
    at += size;
  }
}

/** Adds to every place of a chunk in the tables of a film, in place: what comes before the chunks grew by that. */
export function shiftChunks(bytes: Uint8Array, by: number, from = 0, to = bytes.length): void {
  const view = viewOf(bytes);
  for (const { kind, body, end } of boxesIn(bytes, from, to)) {
    if (ON_THE_WAY.includes(kind)) shiftChunks(bytes, by, body, end);
    if (kind !== 'stco' && kind !== 'co64') continue;
    for (let i = 0, at = body + 8; i < view.getUint32(body + 4); i++, at += kind === 'stco' ? 4 : 8)
      if (kind === 'stco') view.setUint32(at, view.getUint32(at) + by);
      else view.setBigUint64(at, view.getBigUint64(at) + BigInt(by));
  }
}

/**
 * The hash that binds a manifest to a film (C2PA 2.2, §9.2.2, version 3): of each top-level box its place as 64 bits,
 * then its bytes; without `ftyp`, `mfra` and the manifest itself.
 */
export function filmHash(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const hash = createHash('sha256');
  for (const { kind, start, end } of boxesIn(bytes)) {
    if (kind === 'ftyp' || kind === 'mfra' || (kind === 'uuid' && view.getUint32(start + 8) === C2PA_UUID)) continue;
    const place = new DataView(new ArrayBuffer(8));
    place.setBigUint64(0, BigInt(start));
    hash.update(new Uint8Array(place.buffer)).update(bytes.subarray(start, end));
  }
  return new Uint8Array(hash.digest());
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
