import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { figureText } from '../src/figure-text.ts';
import { file, plainFileName, text } from '../src/index.ts';

test.each([
  ['写真.jpg', '写真.jpg'],
  ['C:\\bilder\\Ägäis (2).PNG', 'Ägäis (2).PNG'],
  ['.hidden', 'hidden'],
  ['what?.ply', 'what-.ply'],
  ['...', 'file'],
  ['\ud800.ply', 'file.ply'],
  ['a.ply. ', 'a.ply'],
  ['con.JPG', 'file-con.JPG'],
  ['LPT1', 'file-LPT1'],
  ['aux.tar.gz', 'file-aux.tar.gz'],
  ['console.png', 'console.png'],
])('a file that is called %j is kept as %j', (name, kept) => {
  expect(plainFileName(name)).toBe(kept);
});

test.each(['模型.ply', 'SCENE.PLY', 'point cloud (1).Splat'])(
  'Gaussians are shown, whatever they are called: %s',
  async (name) => {
    const value = { name, bytes: Uint8Array.of(1) };
    expect(file.preview(value)).toMatchObject({ as: 'gaussians' });
    const [stored] = Object.keys(await file.encode(value));
    expect(stored).toMatch(/[^.-].*\.(ply|splat)$/i);
    expect(file.preview(value).file).toBe(stored);
  },
);

test('JSON is shown with an ending in capitals too', () => {
  expect(file.preview({ name: 'POINTS.JSON', bytes: Uint8Array.of(1) })).toMatchObject({ as: 'json' });
});

test('text loses a byte order mark; UTF-16 is named', async () => {
  const given = (bytes: Uint8Array) => ({ kind: 'file', name: 'line.txt', bytes }) as const;
  expect(await text.fromUser?.(given(Buffer.from('\ufeffGood morning.')))).toBe('Good morning.');
  await expect(text.fromUser?.(given(Buffer.from('\ufeffGood', 'utf16le')))).rejects.toThrow(
    'line.txt: expected text in UTF-8, got UTF-16; save it as UTF-8',
  );
});

test('a figure has four digits, and all of those before the point', () => {
  const shown = [0.123456, 12.3456, 1234.5, 12_345.6, 3, 2_000_000, -0.00001234, 0, NaN].map(figureText);
  expect(shown).toEqual(['0.1235', '12.35', '1235', '12346', '3', '2000000', '-1.23e-5', '0', 'NaN']);
});

// fixtures/make-texts.sh
const saved = (name: string) =>
  ({
    kind: 'file',
    name,
    bytes: readFileSync(new URL(`fixtures/${name}`, import.meta.url)),
  }) as const;

test.each(['text-vim-mark.txt', 'text-vim-mark-crlf.txt', 'text-python-mark.txt'])(
  '%s is read as what was saved, without its mark',
  async (name) => {
    const read = await text.fromUser?.(saved(name));
    expect(read?.replaceAll('\r\n', '\n')).toBe(saved('text-utf8.txt').bytes.toString());
  },
);

test.each(['text-iconv-utf16.txt', 'text-iconv-utf16le.txt', 'text-iconv-utf16be.txt', 'text-vim-utf16.txt'])(
  '%s is named as UTF-16, with a mark and without',
  async (name) => {
    await expect(text.fromUser?.(saved(name))).rejects.toThrow(
      `${name}: expected text in UTF-8, got UTF-16; save it as UTF-8`,
    );
  },
);

test('short texts, and such with other zeros, are not taken for UTF-16', async () => {
  for (const words of ['', 'a', 'Hi', '好', 'a\0b\0\0c'])
    expect(await text.fromUser?.({ kind: 'file', name: 'a.txt', bytes: Buffer.from(words) })).toBe(words);
  for (const coding of ['Hi', 'Good morning.'])
    await expect(
      text.fromUser?.({ kind: 'file', name: 'a.txt', bytes: Buffer.from(coding, 'utf16le') }),
    ).rejects.toThrow('got UTF-16');
});
