import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

const FIXTURES = new URL('../../../libs/platform/media/test/fixtures/', import.meta.url);
const graphOf = (more: object): object => ({ format: 1, name: 'one', nodes: { it: { stage: 'taker@1' } }, ...more });

/** Graphs and files that want a gateway to do nothing else, by path. */
export function hostileFiles(): Record<string, string | Uint8Array> {
  const key = 'k'.repeat(400);
  const nodes = (count: number): object =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, { stage: 'taker@1' }]));
  const chain = (count: number): string[] =>
    Array.from({ length: count - 1 }, (_, at) => `n${at}.text -> n${at + 1}.text`);
  const json: Record<string, object | string> = {
    'nested keys.json': `{"format":1,"x":${`{"${key}":`.repeat(140)}1${'}'.repeat(140)}}`,
    'rows of 10 MB.json': `{"format":1,"rows":[${'{"a":1.5,"b":"text"},'.repeat(480_000)}0]}`,
    '2,000 nodes.json': graphOf({ nodes: nodes(2000), edges: chain(2000) }),
    '100,000 nodes.json': graphOf({ nodes: nodes(100_000), edges: chain(100_000) }),
    '2,000 faults.json': graphOf({
      nodes: Object.fromEntries(
        Array.from({ length: 2000 }, (_, at) => [`n${at}`, { stage: `takr-${at}@1`, params: { x: at } }]),
      ),
    }),
    'text of 4 MB.json': graphOf({ description: 'x'.repeat(4 * 2 ** 20 - 1000) }),
    'text of 15 MB.json': graphOf({ description: 'x'.repeat(15 * 2 ** 20) }),
    'cells.json': graphOf({
      cells: Array.from({ length: 900 }, (_, at) => ({ markdown: '[*`'.repeat(1500) + String(at) })),
    }),
    'two long names.json': graphOf({ nodes: { ['a'.repeat(40_000)]: { stage: 'b'.repeat(40_000) } } }),
  };
  return Object.fromEntries(
    Object.entries(json).map(([path, content]) => [
      path,
      typeof content === 'string' ? content : JSON.stringify(content),
    ]),
  );
}

/** Files to be given, with the port of `taker` that they are given to. */
export function hostileInputs(): Record<string, { readonly port: string; readonly bytes: Uint8Array }> {
  const m4a = new Uint8Array(readFileSync(new URL('sine-440.m4a', FIXTURES)));
  const claims = m4a.slice();
  const at = Buffer.from(claims).indexOf('stsz');
  new DataView(claims.buffer).setUint32(at + 12, 0x7fffffff);
  const flac = new Uint8Array(42);
  flac.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, 0x10, 0, 0x10, 0]);
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  return {
    'ends.flac': { port: 'audio', bytes: flac },
    'claims.m4a': { port: 'audio', bytes: claims },
    'film.mp4': { port: 'video', bytes: claims },
    'hours.wav': { port: 'audio', bytes: silence(200 * 2 ** 20) },
    '49 megapixels.png': { port: 'image', bytes: png(7000, 7000) },
    '400 megapixels.png': { port: 'image', bytes: png(20_000, 20_000, 64) },
    'points.json': { port: 'landmarks', bytes: text(`{"width":1,"points":[${'{"x":1},'.repeat(2_000_000)}0]}`) },
    'deep.json': { port: 'landmarks', bytes: text(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) },
    'words.txt': { port: 'text', bytes: text('word '.repeat(10_000_000)) },
    'any.bin': { port: 'file', bytes: new Uint8Array(256 * 2 ** 20) },
  };
}

/** A run.json and a journal that nobody here wrote. */
export function plantRuns(state: string): void {
  for (let at = 0; at < 20; at += 1) {
    const folder = join(state, 'runs', `20261130-0213${String(at).padStart(2, '0')}-abcdef`);
    mkdirSync(folder, { recursive: true });
    const nested = `{"run":"x","graph":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
    writeFileSync(
      join(folder, 'run.json'),
      at % 2 === 0 ? nested : `{"tasks":[${'{"task":"a"},'.repeat(1_000_000)}0]}`,
    );
    writeFileSync(join(folder, 'journal.jsonl'), '{"type":"task-progress"}\n'.repeat(at % 2 === 0 ? 10 : 400_000));
  }
  const sparse = join(state, 'runs', '20261130-021400-abcdef');
  mkdirSync(sparse, { recursive: true });
  for (const name of ['run.json', 'journal.jsonl']) {
    writeFileSync(join(sparse, name), '{');
    truncateSync(join(sparse, name), 2 ** 30);
  }
}

export function put(project: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), content);
}

/** 16 bits, mono, 8 kHz. */
function silence(bytes: number): Uint8Array {
  const wav = new Uint8Array(44 + bytes);
  const view = new DataView(wav.buffer);
  wav.set(new TextEncoder().encode('RIFF....WAVEfmt '));
  for (const [at, value] of [
    [4, 36 + bytes],
    [16, 16],
    [24, 8000],
    [28, 16000],
    [40, bytes],
  ])
    view.setUint32(at, value, true);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ])
    view.setUint16(at, value, true);
  wav.set(new TextEncoder().encode('data'), 36);
  return wav;
}

/** Grey, of the size that it says; `rows` of them are there. */
function png(width: number, height: number, rows = height): Uint8Array {
  const chunk = (type: string, body: Uint8Array): Uint8Array => {
    const named = Buffer.concat([Buffer.from(type), body]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(body.length);
    ends.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 0], 8);
  const pixels = deflateSync(new Uint8Array((width + 1) * rows), { level: 1 });
  const mark = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  return Buffer.concat([mark, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', new Uint8Array())]);
}
