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

/**
 * Tables of samples of an MP4 (ISO/IEC 14496-12) fit into the file: a box of some bytes may claim 2^31 entries, and who
 * believes it never ends. Each sample has at least a byte of the file.
 *
 * @throws Error in words for `got`
 */
export function checkMp4Tables(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const look = (from: number, to: number, depth: number): void => {
    for (let at = from; at + 8 <= to;) {
      const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
      const stated = view.getUint32(at, false);
      const wide = stated === 1 && at + 16 <= to;
      const size = wide ? Number(view.getBigUint64(at + 8, false)) : stated === 0 ? to - at : stated;
      if (size < (wide ? 16 : 8)) return;
      const end = Math.min(to, at + size);
      const body = at + (wide ? 16 : 8);
      if (HOLDERS.has(type) && depth < DEEPEST) look(body, end, depth + 1);
      else checkTable(view, type, body, end);
      at += size;
    }
  };
  if (bytes.length >= 8) look(0, bytes.length, 0);
}

function checkTable(view: DataView, type: string, body: number, end: number): void {
  if (type === 'trun' && body + 8 <= end) return checkCount(type, view.getUint32(body + 4, false), view.byteLength);
  const table = TABLES.get(type);
  if (table === undefined || body + table.count + 4 > end) return;
  const count = view.getUint32(body + table.count, false);
  const room = end - body - table.count - 4;
  // All samples of one size need no table: then the file itself is what they must fit into.
  const same = type === 'stsz' ? view.getUint32(body + 4, false) : 0;
  checkCount(type, count, same > 0 ? view.byteLength / same : room / table.entry);
  if (type !== 'stts') return;
  let samples = 0;
  for (let entry = 0; entry < count; entry += 1) samples += view.getUint32(body + 8 + 8 * entry, false);
  checkCount(type, samples, view.byteLength);
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
