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
