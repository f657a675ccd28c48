import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { Refused } from './refusal.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  wasm: 'application/wasm',
};

/** By the name's ending; anything unknown is bytes, which no browser runs or shows. */
export function contentType(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}

/** A part of a file: first and last byte. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The one range that a request asks for (RFC 9110 §14.2); `undefined` for the whole. Several at once are answered with
 * the whole, as is allowed.
 *
 * @throws Refused 416 when it lies outside the file
 */
export function parseRange(header: string | undefined, size: number): Span | undefined {
  const found = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  const [first, last] = [found[1] as string, found[2] as string];
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from > to || from >= size)
    throw new Refused(416, {
      code: 'gateway.bad-range',
      where: 'range',
      expected: `bytes within 0-${size - 1}`,
      got: `"${(header ?? '').slice(0, 60)}"`,
      remedy: 'ask for less',
    });
  return { from, to };
}

/** A file, or the range of it that was asked for, as it lies on disk. */
export function streamFile(
  path: string,
  size: number,
  range: string | undefined,
  headers: Readonly<Record<string, string>>,
): Response {
  const span = parseRange(range, size);
  const { from, to } = span ?? { from: 0, to: size - 1 };
  const body = size === 0 ? null : (Readable.toWeb(createReadStream(path, { start: from, end: to })) as ReadableStream);
  return new Response(body, {
    status: span === undefined ? 200 : 206,
    headers: {
      ...headers,
      'accept-ranges': 'bytes',
      'content-length': String(size === 0 ? 0 : to - from + 1),
      ...(span !== undefined && { 'content-range': `bytes ${from}-${to}/${size}` }),
    },
  });
}

/** Bytes to be saved under a name. */
export function download(bytes: Uint8Array, name: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      ...headers,
      'content-type': contentType(name),
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'cache-control': 'no-store',
    },
  });
}
