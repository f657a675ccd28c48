import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeGraphText } from '../src/decode-graph-text.ts';
import { parseGraph } from '../src/parse-graph.ts';
import { errorsOf } from './sample-graph.ts';

test.each([
  ['plain text', '{"name": "x"}'],
  ['letters of any script', 'Grüße, 你好, 🙂'],
  ['a byte order mark, which stays', '\uFEFF{}'],
  ['nothing', ''],
])('%s is read as it was written', (_what, text) => {
  expect(decodeGraphText(new TextEncoder().encode(text), 'g.json')).toBe(text);
});

test.each([
  ['UTF-16 of the one order', [0xff, 0xfe, 0x7b, 0x00], 'UTF-16'],
  ['UTF-16 of the other', [0xfe, 0xff, 0x00, 0x7b], 'UTF-16'],
  ['a first byte that UTF-16 has too', [0xff, 0x7b], 'other bytes'],
  ['the first byte of the other order', [0xfe, 0x7b], 'other bytes'],
  ['a second byte that UTF-16 has too', [0x7b, 0xfe], 'other bytes'],
  ['the second byte of the other order', [0x7b, 0xff], 'other bytes'],
  ['the same byte twice', [0xff, 0xff], 'other bytes'],
  ['Latin-1', [0x7b, 0xfc, 0x7d], 'other bytes'],
])('%s is refused by its name', (_what, bytes, got) => {
  expect(errorsOf(() => decodeGraphText(Uint8Array.from(bytes), 'folder/g.json'))).toEqual([
    {
      code: 'graph.not-json',
      where: 'folder/g.json',
      expected: 'a text in UTF-8',
      got,
      remedy: 'save it as UTF-8',
      message: `folder/g.json: expected a text in UTF-8, got ${got}; save it as UTF-8`,
    },
  ]);
});

// libs/platform/ports/test/fixtures/make-texts.sh
const saved = (name: string): Uint8Array => readFileSync(new URL(`../../ports/test/fixtures/${name}`, import.meta.url));

test.each(['text-utf8.txt', 'text-vim-mark.txt', 'text-vim-mark-crlf.txt', 'text-python-mark.txt'])(
  'the graph in %s is read',
  (name) => {
    expect(parseGraph(decodeGraphText(saved(name), name), { path: name }).inputs?.line).toMatchObject({
      default: '写真',
    });
  },
);

test.each(['text-iconv-utf16.txt', 'text-iconv-utf16le.txt', 'text-iconv-utf16be.txt', 'text-vim-utf16.txt'])(
  '%s is refused by its name',
  (name) => {
    expect(errorsOf(() => decodeGraphText(saved(name), name))).toMatchObject([{ where: name, got: 'UTF-16' }]);
  },
);
