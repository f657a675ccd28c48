import { describe, expect, test } from 'vitest';
import { carriedText, withCarriedText } from '../src/carried-text.ts';
import { decodeImage, encodeMp4, encodePng, openMp4, readAll, videoFromFrames } from '../src/index.ts';

const TEXT = JSON.stringify({ words: 'größer </script><script>alert(1)</script> than "this" \u2028 </body>' });

const picture = { width: 3, height: 2, data: Uint8ClampedArray.from({ length: 24 }, (_, at) => at * 10) };
const film = videoFromFrames({ width: 32, height: 16, fps: 25, frames: 3 }, function* (from, to) {
  for (let frame = from; frame < to; frame++) yield new Uint8ClampedArray(32 * 16 * 4).fill(40 * frame);
});
const page = new TextEncoder().encode('<!doctype html>\n<html><body><h1>Report</h1>\n</body></html>\n');

const carriers: [string, Uint8Array][] = [
  ['PNG', await encodePng(picture)],
  ['MP4', await encodeMp4(film)],
  ['HTML', page],
];

describe.each(carriers)('a text in %s', (_kind, bytes) => {
  test('comes out as it went in; a file without one carries none', () => {
    expect(carriedText(bytes)).toBeUndefined();
    expect(carriedText(withCarriedText(bytes, TEXT))).toBe(TEXT);
  });

  test('takes the place of one before, byte for byte', () => {
    const once = withCarriedText(bytes, TEXT);
    expect(withCarriedText(withCarriedText(bytes, '{"another":"one"}'), TEXT)).toEqual(once);
    expect(withCarriedText(once, TEXT)).toEqual(once);
  });

  test('is not found, and nothing throws, wherever the file is cut off', () => {
    const whole = withCarriedText(bytes, TEXT);
    for (let length = 0; length < whole.length; length += Math.ceil(whole.length / 400)) {
      const cut = whole.slice(0, length);
      expect([undefined, TEXT]).toContain(carriedText(cut));
      expect(() => withCarriedText(cut, TEXT)).not.toThrow();
    }
  });
});

test('a picture that carries a text is the same picture', async () => {
  expect(await decodeImage(withCarriedText(carriers[0]![1], TEXT))).toEqual(picture);
});

test('a film that carries a text is the same film', async () => {
  const [before, after] = await Promise.all(
    [carriers[1]![1], withCarriedText(carriers[1]![1], TEXT)].map(async (bytes) => readAll(await openMp4(bytes))),
  );
  expect(after).toEqual(before);
});

test('a page that carries a text shows what it showed: nothing of the text ends its block', () => {
  const html = new TextDecoder().decode(withCarriedText(page, TEXT));
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  expect(html.replace(/<script[^>]*>.*<\/script>/s, '')).toBe(new TextDecoder().decode(page));
});

test('other files are left as they are', () => {
  const wav = new TextEncoder().encode('RIFF....WAVE');
  expect(withCarriedText(wav, TEXT)).toBe(wav);
  expect(carriedText(wav)).toBeUndefined();
});
