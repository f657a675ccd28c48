import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ModelEntry } from '../src/index.ts';

/** What a host does wrong. */
export interface Manners {
  /** Breaks the line after this many bytes of an answer, as often as `breaks` says. */
  readonly breakAfter?: number;
  readonly breaks?: number;
  /** Answers a request for the rest with the whole. */
  readonly ignoresRange?: boolean;
  /** Status of every answer. */
  readonly status?: number;
  /** Called after each piece that went out. */
  readonly afterPiece?: (sent: number) => void;
}

export interface FakeHost {
  /** With `{path}` in it. */
  readonly address: string;
  /** `range` of every request, or `all`. */
  readonly asked: readonly string[];
}

const PIECE = 64 * 1024;

/** A host of models on the loopback, which goes with the test. */
export async function fakeHost(files: Readonly<Record<string, Uint8Array>>, manners: Manners = {}): Promise<FakeHost> {
  const asked: string[] = [];
  let breaks = manners.breaks ?? 1;
  const server = createServer((request, response) => {
    const content = files[(request.url ?? '').slice(1)];
    const { range } = request.headers;
    asked.push(range ?? 'all');
    if (content === undefined || manners.status !== undefined)
      return void response.writeHead(manners.status ?? 404).end('no');
    const from = range === undefined || manners.ignoresRange ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    const cut = manners.breakAfter !== undefined && breaks-- > 0 ? from + manners.breakAfter : Infinity;
    const send = (at: number): void => {
      if (at >= cut) return void setTimeout(() => response.destroy(), 20);
      if (at >= content.length) return void response.end();
      response.write(content.subarray(at, Math.min(at + PIECE, cut)), () => {
        manners.afterPiece?.(at);
        setImmediate(send, Math.min(at + PIECE, cut));
      });
    };
    send(from);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/{path}`, asked };
}

/** An entry whose files hold these contents. */
export function entryOf(name: string, files: Readonly<Record<string, Uint8Array>>): ModelEntry {
  return {
    name,
    title: 'A model of the tests',
    purpose: 'other',
    licence: { name: 'CC0', url: 'https://creativecommons.org/publicdomain/zero/1.0/' },
    source: 'https://models.example/tests',
    files: Object.entries(files).map(([path, content]) => ({
      path,
      bytes: content.length,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    })),
  };
}

/** Bytes that repeat nowhere near. */
export function content(length: number, start = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7 + start) & 255);
}

/** A folder that goes with the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'soliloquy-models-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file below a folder, hidden ones too. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
