/*
 * Ogg (RFC 3533): pages of several streams, and whole files one after another (chaining, §4), which internet radio and
 * `cat` leave. Only pages are read here.
 */

/** A file among those that were put one after another into one Ogg. */
export interface OggLink {
  /** of this link alone; itself a whole Ogg file */
  readonly bytes: Uint8Array;
  /** In the order of their first pages. */
  readonly streams: readonly OggStream[];
}

export interface OggStream {
  readonly serial: number;
  readonly codec: string;
}

interface Page {
  readonly start: number;
  readonly body: number;
  readonly end: number;
  readonly serial: number;
  readonly first: boolean;
}

/** First letters of the first packet of a stream. */
const CODECS = [
  ['\x01vorbis', 'vorbis'],
  ['OpusHead', 'opus'],
  ['\x7fFLAC', 'flac'],
  ['Speex   ', 'speex'],
  ['\x80theora', 'theora'],
  ['CELT', 'celt'],
  ['PCM     ', 'pcm'],
  ['fishead', 'skeleton'],
] as const;

export function isOgg(bytes: Uint8Array): boolean {
  return latin(bytes, 0, 4) === 'OggS';
}

/** The files in an Ogg, in order: a page that starts a stream after pages that go on with one starts the next file. */
export function splitOgg(bytes: Uint8Array): OggLink[] {
  const links: { from: number; streams: OggStream[] }[] = [];
  let inHeads = false;
  for (const page of pagesOf(bytes)) {
    if (page.first && !inHeads) links.push({ from: page.start, streams: [] });
    if (page.first) {
      const head = latin(bytes, page.body, Math.min(page.end, page.body + 8));
      const codec = CODECS.find(([letters]) => head.startsWith(letters))?.[1] ?? 'unknown';
      links.at(-1)?.streams.push({ serial: page.serial, codec });
    }
    inHeads = page.first;
  }
  return links.map(({ from, streams }, i) => ({ bytes: bytes.subarray(from, links[i + 1]?.from), streams }));
}

/**
 * A FLAC stream of an Ogg as a plain `.flac`: packet by packet the same bytes, but for 9 before the signature
 * (xiph.org/flac/ogg_mapping.html).
 */
export function flacOfOgg(link: OggLink, serial: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const page of pagesOf(link.bytes))
    if (page.serial === serial) pieces.push(link.bytes.subarray(page.first ? page.body + 9 : page.body, page.end));
  const flac = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    flac.set(piece, at);
    at += piece.length;
  }
  return flac;
}

/** Pages in order. What lies between them is passed over; a page that is cut off is given as far as it goes. */
function* pagesOf(bytes: Uint8Array): Generator<Page> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start + 27 <= bytes.length;) {
    if (view.getUint32(start) !== 0x4f676753 || bytes[start + 4] !== 0) {
      start = nextLetters(bytes, start + 1);
      continue;
    }
    const count = bytes[start + 26];
    const body = start + 27 + count;
    const end = bytes.subarray(start + 27, body).reduce((sum, size) => sum + size, body);
    yield {
      start,
      body,
      end: Math.min(end, bytes.length),
      serial: view.getUint32(start + 14, true),
      first: (bytes[start + 5] & 2) !== 0,
    };
    start = end;
  }
}

function nextLetters(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x4f, from); at >= 0; at = bytes.indexOf(0x4f, at + 1))
    if (latin(bytes, at, at + 4) === 'OggS') return at;
  return bytes.length;
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
