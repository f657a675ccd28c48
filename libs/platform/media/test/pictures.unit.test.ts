import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodePng, resizeImage, type Image } from '../src/index.ts';
import { toSrgb } from '../src/tone-map.ts';

// fixtures/pictures/make.sh: made by ImageMagick and FFmpeg
const read = async (file: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`fixtures/pictures/${file}`, import.meta.url)));
const largest = (a: Image, b: Image): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);

describe.each(['baseline.jpg', 'progressive.jpg', 'ffmpeg.jpg'])('%s', (file) => {
  it('without its end marker, or half of it, is the same picture', async () => {
    const bytes = await read(file);
    const want = await decodeImage(bytes);
    for (const cut of [1, 2]) expect(await decodeImage(bytes.subarray(0, -cut))).toEqual(want);
  });

  it('with stray bytes between its segments is the same picture', async () => {
    const bytes = await read(file);
    const want = await decodeImage(bytes);
    for (let at = 2, segments = 0; segments < 5; segments++) {
      for (const stray of [[0], [0x12, 0x34, 0x56], [0xff, 0xff], [0, 0xff, 0, 7]])
        expect(
          await decodeImage(Buffer.concat([bytes.subarray(0, at), Buffer.from(stray), bytes.subarray(at)])),
        ).toEqual(want);
      at += 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
    }
  });

  it('is refused where rows are missing', async () => {
    const bytes = await read(file);
    for (const share of [0.5, 0.9])
      await expect(decodeImage(bytes.subarray(0, Math.floor(share * bytes.length)))).rejects.toMatchObject({
        code: 'media.image-truncated',
      });
  });
});

it('a JPEG whose rows are missing is refused with an end marker too', async () => {
  const bytes = await read('baseline.jpg');
  const cut = Buffer.concat([bytes.subarray(0, Math.floor(0.8 * bytes.length)), Buffer.from([0xff, 0xd9])]);
  await expect(decodeImage(cut)).rejects.toMatchObject({ code: 'media.image-truncated' });
});

describe('a PNG that says its colors by code', () => {
  // zimg brought the sRGB picture there; swscale makes 65280 of 255 on the way
  it.each([
    ['pq.png', [/^photo: is HDR \(PQ\); tone-mapped to sRGB/]],
    ['hlg.png', [/^photo: is HDR \(HLG\); tone-mapped to sRGB/]],
    ['p3.png', []],
  ])('%s is the picture that it was made of, and HDR is said', async (file, messages) => {
    const said: string[] = [];
    const notice = (message: string): void => void said.push(message);
    const got = await decodeImage(await read(file), { name: 'photo', notice });
    expect(largest(await decodeImage(await read('sdr.png')), got)).toBeLessThanOrEqual(1);
    expect(said).toEqual(messages.map((message) => expect.stringMatching(message)));
  });

  // fixtures/pictures/make-others.sh: FFmpeg 7 wrote cICP itself; 8 bits of PQ hold steps of up to 5
  it.each([
    ['pq-ffmpeg.png', 'PQ', 1],
    ['pq-p3-ffmpeg.png', 'PQ', 1],
    ['hlg-ffmpeg.png', 'HLG', 1],
    ['pq-8bit-ffmpeg.png', 'PQ', 6],
  ])('%s is tone-mapped, and it is said', async (file, title, tolerance) => {
    const said: string[] = [];
    const got = await decodeImage(await read(file), { name: file, notice: (message) => void said.push(message) });
    expect(largest(await decodeImage(await read('sdr.png')), got)).toBeLessThanOrEqual(tolerance);
    expect(said).toEqual([`${file}: is HDR (${title}); tone-mapped to sRGB, white at 203 cd/m²`]);
  });

  it('of light beyond white keeps order and hue, reaches white at its peak and leaves what is darker alone', () => {
    // PQ of 1, 50, 203, 500, 1000 cd/m², by SMPTE ST 2084
    const grey = [0.1496, 0.4403, 0.5807, 0.6765, 0.7518].map((value) => Math.round(65535 * value));
    const rgba = Uint16Array.from(grey.flatMap((value) => [value, value, value, 65535]));
    const out = toSrgb(rgba, { primaries: 9, transfer: 16 });
    const greys = [0, 1, 2, 3, 4].map((i) => out[4 * i]);
    expect(greys.toSorted((a, b) => a - b)).toEqual(greys);
    expect(new Set(greys).size).toBe(5);
    // 1 and 50 of 203 by IEC 61966-2-1
    expect(Math.abs(greys[0] - 14)).toBeLessThanOrEqual(1);
    expect(Math.abs(greys[1] - 136)).toBeLessThanOrEqual(1);
    expect(greys[4]).toBe(255);
    const bright = toSrgb(Uint16Array.from([grey[4], grey[3], grey[1], 65535, ...rgba]), {
      primaries: 1,
      transfer: 16,
    });
    expect(bright[0]).toBe(255);
    expect(bright[1]).toBeLessThan(bright[0]);
    expect(bright[2]).toBeLessThan(bright[1]);
  });

  // fixtures/pictures/make-gain-maps.sh
  it.each(['gain-adobe.jpg', 'gain-android.jpg', 'gain-apple.jpg'])(
    '%s is read without its gain map, and it is said',
    async (file) => {
      const said: string[] = [];
      const got = await decodeImage(await read(file), { name: file, notice: (message) => void said.push(message) });
      expect(got).toEqual(await decodeImage(await read('baseline.jpg')));
      expect(said).toEqual([`${file}: has a gain map for HDR screens; its ordinary picture is taken, without it`]);
    },
  );

  // by Pillow, which compresses anew: a file of two pictures, of which the second is the map, and a mark of ISO 21496-1
  it.each(['gain-mpf.jpg', 'gain-iso.jpg'])('%s is read without its gain map, and it is said', async (file) => {
    const said: string[] = [];
    const got = await decodeImage(await read(file), { name: file, notice: (message) => void said.push(message) });
    const want = await decodeImage(await read('baseline.jpg'));
    expect([got.width, got.height, largest(want, got) < 8]).toEqual([want.width, want.height, true]);
    expect(said).toEqual([`${file}: has a gain map for HDR screens; its ordinary picture is taken, without it`]);
  });

  it('with a gain map has its ordinary picture taken, and that is said', async () => {
    const bytes = await read('baseline.jpg');
    const xmp = Buffer.from('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:li hdrgm:Version="1.0"/></x:xmpmeta>');
    const head = Buffer.from([0xff, 0xe1, (xmp.length + 2) >> 8, (xmp.length + 2) & 255]);
    const said: string[] = [];
    const got = await decodeImage(Buffer.concat([bytes.subarray(0, 2), head, xmp, bytes.subarray(2)]), {
      name: 'photo.jpg',
      notice: (message) => void said.push(message),
    });
    expect(got).toEqual(await decodeImage(bytes));
    expect(said).toEqual(['photo.jpg: has a gain map for HDR screens; its ordinary picture is taken, without it']);
  });
});

it('a picture in the pool of a Node buffer is read as any other', async () => {
  for (const file of ['baseline.jpg', 'pq.png', 'hlg.png', 'sdr.png']) {
    const bytes = await read(file);
    const pooled = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(9)]).subarray(13, 13 + bytes.length);
    expect(await decodeImage(pooled)).toEqual(await decodeImage(bytes));
  }
});

it('the rim of a cut-out made smaller has its own color, whatever lies under the clear part', async () => {
  const cutOut = (under: number): Image => {
    const data = new Uint8ClampedArray(256 * 256 * 4);
    for (let y = 0; y < 256; y++)
      for (let x = 0; x < 256; x++)
        data.set(
          Math.hypot(x - 127.5, y - 127.5) < 90 ? [200, 90, 60, 255] : [under, under, under, 0],
          (y * 256 + x) * 4,
        );
    return { width: 256, height: 256, data };
  };
  for (const under of [0, 128, 255]) {
    const small = await resizeImage(await decodeImage(await encodePng(cutOut(under))), 100, 100, {
      colours: 'weighted',
    });
    let seen = 0;
    for (let i = 0; i < small.data.length; i += 4) {
      if (small.data[i + 3] < 32) continue;
      seen += small.data[i + 3] < 224 ? 1 : 0;
      expect(
        [small.data[i], small.data[i + 1], small.data[i + 2]].map((v, c) => Math.abs(v - [200, 90, 60][c]) < 3),
      ).toEqual([true, true, true]);
    }
    expect(seen).toBeGreaterThan(100);
    expect([...small.data.subarray(0, 4)]).toEqual([under, under, under, 0]);
  }
});

// fixtures/pictures/make-others.sh: black, green and white under what is clear, and what a lossy WebP makes of black
it.each([
  ['rim-imagemagick.png', 1],
  ['rim-ffmpeg.png', 1],
  ['rim-pillow.webp', 1],
  ['rim-cwebp.webp', 20],
])('the rim of %s made smaller has the color of the whole', async (file, tolerance) => {
  const small = await resizeImage(await decodeImage(await read(file)), 110, 110, { colours: 'weighted' });
  const seen = Array.from({ length: 110 * 110 }, (_, pixel) => 4 * pixel).filter((at) => small.data[at + 3] > 16);
  expect(seen.filter((at) => small.data[at + 3] < 240).length).toBeGreaterThan(100);
  for (const at of seen)
    for (const [c, value] of [200, 90, 60].entries())
      expect(Math.abs(small.data[at + c] - value)).toBeLessThanOrEqual(tolerance);
});
