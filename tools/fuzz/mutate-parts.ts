import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { BYTE_MUTATORS, joined, type Mutator } from './mutate-bytes.ts';

/** How a format is made of parts: taken apart, and put together with lengths and checksums as they must be. */
export interface Parts {
  split(bytes: Uint8Array): Uint8Array[];
  join(parts: readonly Uint8Array[]): Uint8Array;
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const be32 = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
const le32 = (bytes: Uint8Array, at: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

/** Chunks of a PNG without length and checksum: a decoder reads what is in them only where both are right. */
export const pngParts: Parts = {
  split(bytes) {
    const parts: Uint8Array[] = [];
    for (let at = 8; at + 12 <= bytes.length;) {
      const length = be32(bytes, at);
      parts.push(bytes.subarray(at + 4, at + 8 + length));
      at += 12 + length;
    }
    return parts;
  },
  join: (parts) =>
    joined([
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
      ...parts.map((part) => {
        const chunk = new Uint8Array(part.length + 8);
        const view = new DataView(chunk.buffer);
        view.setUint32(0, Math.max(0, part.length - 4));
        chunk.set(part, 4);
        view.setUint32(part.length + 4, crc32(part));
        return chunk;
      }),
    ]),
};

/** Chunks of a RIFF (WAV, WebP); the first part is its twelve bytes. */
export const riffParts: Parts = {
  split(bytes) {
    const parts = [bytes.subarray(0, 12)];
    for (let at = 12; at + 8 <= bytes.length;) {
      const length = le32(bytes, at + 4);
      parts.push(joined([bytes.subarray(at, at + 4), bytes.subarray(at + 8, at + 8 + length)]));
      at += 8 + length + (length & 1);
    }
    return parts;
  },
  join([head = new Uint8Array(12), ...parts]) {
    const chunks = parts.map((part) => {
      const body = part.subarray(4);
      const chunk = new Uint8Array(8 + body.length + (body.length & 1));
      chunk.set(part.subarray(0, 4));
      new DataView(chunk.buffer).setUint32(4, body.length, true);
      chunk.set(body, 8);
      return chunk;
    });
    const all = joined([head, ...chunks]);
    if (all.length >= 8) new DataView(all.buffer).setUint32(4, all.length - 8, true);
    return all;
  },
};

const HOLDERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'udta', 'dinf']);

/** Boxes of an MP4 as a flat list: a part is a box, or the opening `(name` or closing `)` of one that holds others. */
export const mp4Parts: Parts = {
  split(bytes) {
    const parts: Uint8Array[] = [];
    const look = (from: number, to: number): void => {
      for (let at = from; at + 8 <= to;) {
        const size = Math.max(8, Math.min(be32(bytes, at), to - at));
        const type = ascii(bytes.subarray(at + 4, at + 8));
        if (HOLDERS.has(type)) {
          parts.push(new TextEncoder().encode(`(${type}`));
          look(at + 8, at + size);
          parts.push(new TextEncoder().encode(')'));
        } else parts.push(bytes.subarray(at + 4, at + size));
        at += size;
      }
    };
    look(0, bytes.length);
    return parts;
  },
  join(parts) {
    const open: Uint8Array[][] = [[]];
    const box = (part: Uint8Array): Uint8Array => {
      const whole = joined([new Uint8Array(4), part]);
      new DataView(whole.buffer).setUint32(0, whole.length);
      return whole;
    };
    const close = (): void => {
      const [name, ...inner] = open.pop() as Uint8Array[];
      open.at(-1)?.push(box(joined([name ?? new Uint8Array(4), ...inner])));
    };
    for (const part of parts)
      if (part[0] === 0x28 && part.length === 5) open.push([part.subarray(1)]);
      else if (part[0] === 0x29 && part.length === 1) {
        if (open.length > 1) close();
      } else open.at(-1)?.push(box(part));
    while (open.length > 1) close();
    return joined(open[0]);
  },
};

const OGG_POLYNOMIAL = 0x04c11db7;

function oggChecksum(page: Uint8Array): number {
  let sum = 0;
  for (const byte of page) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ OGG_POLYNOMIAL : sum << 1;
  }
  return sum >>> 0;
}

/** Pages of an Ogg, their checksums made anew. */
export const oggParts: Parts = {
  split(bytes) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at + 27 <= bytes.length && ascii(bytes.subarray(at, at + 4)) === 'OggS';) {
      const segments = bytes.subarray(at + 27, at + 27 + bytes[at + 26]);
      const size = 27 + segments.length + segments.reduce((sum, length) => sum + length, 0);
      parts.push(bytes.subarray(at, at + size));
      at += size;
    }
    return parts;
  },
  join: (parts) =>
    joined(
      parts.map((part) => {
        const page = new Uint8Array(part);
        if (page.length < 27) return page;
        page.fill(0, 22, 26);
        new DataView(page.buffer).setUint32(22, oggChecksum(page), true);
        return page;
      }),
    ),
};

/** What gzip holds, in pieces: header and attributes. */
export const gzipParts: Parts = {
  split(bytes) {
    const plain = gunzipSync(bytes);
    return [plain.subarray(0, 16), plain.subarray(16)];
  },
  join: (parts) => gzipSync(joined(parts)),
};

/** The header of a safetensors and its data; the length of the header is made anew. */
export const safetensorsParts: Parts = {
  split(bytes) {
    const length = le32(bytes, 0);
    return [bytes.subarray(8, 8 + length), bytes.subarray(8 + length)];
  },
  join([header = new Uint8Array(), ...data]) {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
    return joined([length, header, ...data]);
  },
};

/** Blocks of a FLAC: the mark, each block of metadata with its header, the frames. */
export const flacParts: Parts = {
  split(bytes) {
    const parts = [bytes.subarray(0, 4)];
    let at = 4;
    for (let last = false; !last && at + 4 <= bytes.length;) {
      last = bytes[at] >= 128;
      const size = 4 + (be32(bytes, at) & 0xffffff);
      parts.push(bytes.subarray(at, at + size));
      at += size;
    }
    return [...parts, bytes.subarray(at)];
  },
  join: joined,
};

/** Segments of a JPEG up to its scan, which is one part. */
export const jpegParts: Parts = {
  split(bytes) {
    const parts = [bytes.subarray(0, 2)];
    let at = 2;
    while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
      const size = 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
      parts.push(bytes.subarray(at, at + size));
      at += size;
    }
    return [...parts, bytes.subarray(at)];
  },
  join: joined,
};

/** Lines, each with its end. */
export const lineParts: Parts = {
  split(bytes) {
    const parts: Uint8Array[] = [];
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0 && parts.length < 60; to = bytes.indexOf(10, from)) {
      parts.push(bytes.subarray(from, to + 1));
      from = to + 1;
    }
    return [...parts, bytes.subarray(from)];
  },
  join: joined,
};

/** Takes a file apart, does something to a part or to their order, and puts it together as it must be. */
export function byParts({ split, join }: Parts): Mutator {
  return (bytes, draws) => {
    const parts = safely(() => split(bytes)) ?? [bytes];
    if (parts.length === 0) return new Uint8Array(bytes);
    const at = draws.index(parts.length);
    const other = draws.index(parts.length);
    const change = draws.next();
    const changed =
      change < 0.6
        ? parts.with(at, draws.pick(BYTE_MUTATORS)(parts[at], draws))
        : change < 0.7
          ? parts.toSpliced(at, 1)
          : change < 0.8
            ? parts.toSpliced(at, 0, ...Array<Uint8Array>(1 + draws.index(4)).fill(parts[other]))
            : change < 0.9
              ? parts.with(at, parts[other]).with(other, parts[at])
              : parts.with(at, parts[at].subarray(0, draws.index(parts[at].length + 1)));
    return join(changed);
  };
}

function safely<T>(split: () => T): T | undefined {
  try {
    return split();
  } catch {
    // An earlier change took what it is taken apart by.
    return undefined;
  }
}
