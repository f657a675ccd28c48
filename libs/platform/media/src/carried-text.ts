/*
 * A text that a file carries without being changed by it: a picture, a film and a page look and play as before. For the
 * browser too: nothing but bytes.
 *
 * PNG: an iTXt chunk before IEND (PNG 1.2 §11.3.4.5). MP4: a `uuid` box after all others (ISO/IEC 14496-12 §11.1), so
 * that no offset in the file moves. HTML: a data block, `<script type="application/json" id="…">`, which no browser
 * runs (HTML §4.12.1).
 */

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = 'soliloquy.graph';
/** UUID of the box: of this use alone, made once. */
const BOX_UUID = [0x6a, 0x1f, 0x0c, 0x52, 0x8d, 0x3e, 0x4b, 0x97, 0xa6, 0x11, 0x5e, 0x0b, 0x73, 0xc4, 0xd2, 0x08];
const BLOCK_OPEN = '<script type="application/json" id="soliloquy-graph">';
const BLOCK_CLOSE = '</script>';

/** Files that can carry a text. */
type Carrier = 'png' | 'mp4' | 'html';

/** What kind of file this is, by its first bytes; `undefined` for one that carries nothing. */
function carrierOf(bytes: Uint8Array): Carrier | undefined {
  if (PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)) return 'png';
  if (latin(bytes, 4, 8) === 'ftyp') return 'mp4';
  return /^\uFEFF?\s*<(!doctype html|html)/i.test(new TextDecoder().decode(bytes.subarray(0, 256)))
    ? 'html'
    : undefined;
}

/**
 * The file with a text in it, in place of one that it carried before. Same file and text, same bytes.
 *
 * @returns the bytes as they are for a file that is no PNG, MP4 or HTML
 */
export function withCarriedText(bytes: Uint8Array, text: string): Uint8Array {
  switch (carrierOf(bytes)) {
    case 'png':
      return pngWith(bytes, text);
    case 'mp4':
      return mp4With(bytes, text);
    case 'html':
      return htmlWith(bytes, text);
    case undefined:
      return bytes;
  }
}

/** The text that a file carries, if it carries one. Never throws: a damaged file carries nothing. */
export function carriedText(bytes: Uint8Array): string | undefined {
  switch (carrierOf(bytes)) {
    case 'png':
      return pngChunks(bytes)
        .map(({ kind, from, to }) => (kind === 'iTXt' ? textOfChunk(bytes.subarray(from, to)) : undefined))
        .find((text) => text !== undefined);
    case 'mp4': {
      const box = mp4Boxes(bytes).findLast((each) => isOurs(bytes, each));
      return box && utf8(bytes.subarray(box.body + 16, box.end));
    }
    case 'html':
      return textOfBlock(utf8(bytes) ?? '');
    case undefined:
      return undefined;
  }
}

interface Chunk {
  readonly kind: string;
  /** of the chunk with its length and checksum */
  readonly start: number;
  readonly end: number;
  /** of its data */
  readonly from: number;
  readonly to: number;
}

function pngChunks(bytes: Uint8Array): Chunk[] {
  const view = viewOf(bytes);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const to = at + 8 + view.getUint32(at);
    if (to + 4 > bytes.length) break;
    chunks.push({ kind: latin(bytes, at + 4, at + 8), start: at, end: to + 4, from: at + 8, to });
    at = to + 4;
  }
  return chunks;
}

/** Keyword, 0, not compressed, method 0, no language, no translated keyword, text. */
const PREFIX = new TextEncoder().encode(`${KEYWORD}\0\0\0\0\0`);

function textOfChunk(data: Uint8Array): string | undefined {
  return PREFIX.every((byte, at) => data[at] === byte) ? utf8(data.subarray(PREFIX.length)) : undefined;
}

function pngWith(bytes: Uint8Array, text: string): Uint8Array {
  const chunks = pngChunks(bytes);
  const end = chunks.find(({ kind }) => kind === 'IEND');
  if (end === undefined) return bytes;
  const data = joined([PREFIX, new TextEncoder().encode(text)]);
  const chunk = new Uint8Array(12 + data.length);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set(
    [...'iTXt'].map((char) => char.charCodeAt(0)),
    4,
  );
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  const kept = chunks.filter(
    ({ kind, start, from, to }) =>
      start < end.start && !(kind === 'iTXt' && textOfChunk(bytes.subarray(from, to)) !== undefined),
  );
  return joined([
    bytes.subarray(0, 8),
    ...kept.map(({ start, end: stop }) => bytes.subarray(start, stop)),
    chunk,
    bytes.subarray(end.start),
  ]);
}

interface Box {
  readonly kind: string;
  readonly start: number;
  /** after the header */
  readonly body: number;
  readonly end: number;
}

function mp4Boxes(bytes: Uint8Array): Box[] {
  const view = viewOf(bytes);
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    let size = view.getUint32(at);
    let body = at + 8;
    if (size === 1 && at + 16 <= bytes.length) {
      size = Number(view.getBigUint64(at + 8));
      body = at + 16;
    }
    if (size === 0) size = bytes.length - at;
    if (size < body - at || at + size > bytes.length) break;
    boxes.push({ kind: latin(bytes, at + 4, at + 8), start: at, body, end: at + size });
    at += size;
  }
  return boxes;
}

function isOurs(bytes: Uint8Array, { kind, body, end }: Box): boolean {
  return kind === 'uuid' && end - body >= 16 && BOX_UUID.every((byte, at) => bytes[body + at] === byte);
}

function mp4With(bytes: Uint8Array, text: string): Uint8Array {
  const boxes = mp4Boxes(bytes);
  // A last box that lasts to the end of the file would swallow ours; a box before the media must not go, since offsets
  // count it.
  const last = boxes.at(-1);
  if (last === undefined || viewOf(bytes).getUint32(last.start) === 0) return bytes;
  const body = isOurs(bytes, last) ? bytes.subarray(0, last.start) : bytes;
  const content = new TextEncoder().encode(text);
  const box = new Uint8Array(24 + content.length);
  viewOf(box).setUint32(0, box.length);
  box.set(
    [...'uuid'].map((char) => char.charCodeAt(0)),
    4,
  );
  box.set(BOX_UUID, 8);
  box.set(content, 24);
  return joined([body, box]);
}

function textOfBlock(page: string): string | undefined {
  const from = page.lastIndexOf(BLOCK_OPEN);
  const to = page.indexOf(BLOCK_CLOSE, from);
  return from < 0 || to < 0 ? undefined : page.slice(from + BLOCK_OPEN.length, to).replaceAll('\\u003c', '<');
}

/**
 * JSON stays the same JSON when `<` is written as an escape, which nothing in a page can take for the end of the block.
 */
function htmlWith(bytes: Uint8Array, text: string): Uint8Array {
  let page = utf8(bytes);
  if (page === undefined) return bytes;
  const from = page.lastIndexOf(BLOCK_OPEN);
  const to = page.indexOf(BLOCK_CLOSE, from);
  if (from >= 0 && to >= 0) page = page.slice(0, from) + page.slice(to + BLOCK_CLOSE.length);
  const block = `${BLOCK_OPEN}${text.replaceAll('<', '\\u003c')}${BLOCK_CLOSE}`;
  const end = page.lastIndexOf('</body>');
  return new TextEncoder().encode(end < 0 ? `${page}${block}` : `${page.slice(0, end)}${block}${page.slice(end)}`);
}

let table: Uint32Array | undefined;

/** CRC-32 of PNG (PNG 1.2 annex D). */
function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
