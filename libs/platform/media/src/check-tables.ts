/** Boxes of an MP4 that hold boxes, as far as tables of samples lie in them. */
const HOLDERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'moof', 'traf', 'mvex', 'edts']);
/** Tables by box: where their count stands behind the box's header, and the fewest bytes of an entry. */
const TABLES: ReadonlyMap<string, { readonly count: number; readonly entry: number }> = new Map([
  ['stts', { count: 4, entry: 8 }],
  ['ctts', { count: 4, entry: 8 }],
  ['stsc', { count: 4, entry: 12 }],
  ['stco', { count: 4, entry: 4 }],
  ['co64', { count: 4, entry: 8 }],
  ['stss', { count: 4, entry: 4 }],
  ['stsz', { count: 8, entry: 4 }],
  ['elst', { count: 4, entry: 12 }],
]);
/** Boxes within boxes; MP4 has seven. */
const DEEPEST = 16;
/** A second's additions; ten minutes of sound in one chunk. */
const MOST_ADDED = 2 ** 30;
/** A chunk may claim so many whatever there are: some writers round up. */
const ROUNDED_UP = 4096;

/**
 * Tables of samples of an MP4 (ISO/IEC 14496-12) fit into the file: a box of some bytes may claim 2^31 entries, and who
 * believes it never ends. Each sample has at least a byte of the file.
 *
 * @throws Error in words for `got`
 */
export function checkMp4Tables(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const look = (from: number, to: number, depth: number, track: Track): void => {
    for (const { type, body, end } of boxesOf(view, from, to)) {
      const within = type === 'trak' ? { samples: 0, listed: 0, inChunk: 0 } : track;
      if (HOLDERS.has(type) && depth < DEEPEST) look(body, end, depth + 1, within);
      else checkTable(view, { type, body, end }, track);
      if (type === 'trak') checkChunks(within);
    }
  };
  if (bytes.length >= 8) look(0, bytes.length, 0, { samples: 0, listed: 0, inChunk: 0 });
}

/** What the tables of a track claim, wherever in it they stand: readers take the last, or all of them. */
interface Track {
  /** most samples that a table of sizes has */
  samples: number;
  /** of which each has a size of its own */
  listed: number;
  /** most samples of a chunk */
  inChunk: number;
}

/** A box: its type, and where what it holds begins and ends. */
interface Box {
  readonly type: string;
  readonly body: number;
  readonly end: number;
}

function* boxesOf(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to;) {
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    const stated = view.getUint32(at, false);
    const wide = stated === 1 && at + 16 <= to;
    const size = wide ? Number(view.getBigUint64(at + 8, false)) : stated === 0 ? to - at : stated;
    const header = wide ? 16 : 8;
    if (size < header) return;
    yield { type, body: at + header, end: Math.min(to, at + size) };
    at += size;
  }
}

function checkTable(view: DataView, { type, body, end }: Box, track: Track): void {
  if (type === 'trun' && body + 8 <= end) return checkCount(type, view.getUint32(body + 4, false), view.byteLength);
  const table = TABLES.get(type);
  if (table === undefined || body + table.count + 4 > end) return;
  const count = view.getUint32(body + table.count, false);
  const room = end - body - table.count - 4;
  // All samples of one size need no table: then the file itself is what they must fit into.
  const same = type === 'stsz' ? view.getUint32(body + 4, false) : 0;
  checkCount(type, count, same > 0 ? view.byteLength / same : room / table.entry);
  if (type === 'stsz') {
    track.samples = Math.max(track.samples, count);
    if (same === 0) track.listed = Math.max(track.listed, count);
  }
  if (type === 'stsc')
    for (let entry = 0; entry < count; entry += 1)
      track.inChunk = Math.max(track.inChunk, view.getUint32(body + 12 + 12 * entry, false));
  if (type !== 'stts') return;
  let samples = 0;
  for (let entry = 0; entry < count; entry += 1) samples += view.getUint32(body + 8 + 8 * entry, false);
  checkCount(type, samples, view.byteLength);
}

/**
 * Who looks for a sample adds up the sizes of its chunk: a track of many samples in one chunk takes the square of their
 * number, and a chunk that claims more than there are takes what it claims.
 */
function checkChunks({ samples, listed, inChunk }: Track): void {
  if (inChunk > Math.max(samples, ROUNDED_UP) || inChunk * listed > MOST_ADDED)
    throw new Error(`a table "stsc" that claims chunks of ${inChunk} samples`);
}

function checkCount(type: string, count: number, most: number): void {
  if (count > most) throw new Error(`a table "${type}" that claims ${count} samples`);
}

/** A FLAC has a frame after its blocks of metadata (RFC 9639): readers look for one without an end. @throws Error */
export function checkFlac(bytes: Uint8Array): void {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'fLaC') return;
  let at = 4;
  for (let last = false; !last;) {
    if (at + 4 > bytes.length) throw new Error('its metadata does not end');
    last = bytes[at] >= 128;
    at += 4 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
  }
  // 15 bits of synchronisation, the blocking strategy, and a header with at least its own checksum.
  if (at + 6 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xf8)
    throw new Error('no sound behind its metadata');
}
