import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, encodePng, evenSize, resizeImage, type Image } from '../src/index.ts';

/** Pixels of a formula. */
function paint(
  width: number,
  height: number,
  pixel: (x: number, y: number) => [number, number, number, number],
): Image {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 4);
  return { width, height, data };
}

const smooth = (width: number, height: number): Image =>
  paint(width, height, (x, y) => [
    127 + 100 * Math.sin(x / 9),
    127 + 100 * Math.cos(y / 11),
    127 + 100 * Math.sin((x + y) / 13),
    255,
  ]);
const at = ({ width, data }: Image, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];
const raw = ({ width, height, data }: Image) => sharp(data, { raw: { width, height, channels: 4 } });

/** A PNG that says a size and has hardly any data. */
function pngHeader(width: number, height: number, chunks: [string, Buffer][] = []): Uint8Array {
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(width, 0);
  ihdr.writeUInt32BE(height, 4);
  ihdr.set([8, 6], 8);
  const chunk = (name: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, Buffer.from(name), body, Buffer.alloc(4)]);
  };
  const all = [['IHDR', ihdr], ...chunks, ['IDAT', deflateSync(Buffer.alloc(16))], ['IEND', Buffer.alloc(0)]] as [
    string,
    Buffer,
  ][];
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    ...all.map(([name, body]) => chunk(name, body)),
  ]);
}

describe('a PNG', () => {
  it('comes back byte for byte, colour under alpha 0 too, and is the same file each time', async () => {
    const image = paint(33, 21, (x, y) => [x * 7, y * 11, (x * y) % 256, (x * 5) % 2 === 0 ? 0 : (y * 9) % 256]);
    const png = await encodePng(image);
    expect(await decodeImage(png)).toEqual(image);
    expect(await encodePng(image)).toEqual(png);
  });

  it('of grey, of grey with alpha, of a palette and of 16 bit becomes 8-bit RGBA', async () => {
    const source = paint(20, 30, (x, y) => [x * 12, x * 12, x * 12, y < 15 ? 255 : 0]);
    for (const pipeline of [
      raw(source).removeAlpha().toColourspace('b-w').png(),
      raw(source).toColourspace('b-w').png(),
      raw(source).png({ palette: true }),
      raw(source).toColourspace('rgb16').png(),
    ]) {
      const { width, height, data } = await decodeImage(new Uint8Array(await pipeline.toBuffer()));
      expect([width, height, data.length]).toEqual([20, 30, 2400]);
      for (const x of [0, 5, 19]) expect(Math.abs(data[(3 * 20 + x) * 4 + 1] - x * 12)).toBeLessThanOrEqual(1);
      expect(data[3]).toBe(255);
    }
  });
});

describe('a photograph', () => {
  it.each([1, 3, 6, 8])('of EXIF orientation %i comes out upright', async (orientation) => {
    const [red, blue] = [
      [200, 20, 20],
      [20, 20, 200],
    ];
    const upright = paint(64, 96, (_x, y) => [...(y < 48 ? red : blue), 255] as [number, number, number, number]);
    const turned = await raw(upright)
      .rotate({ 1: 0, 3: 180, 6: 270, 8: 90 }[orientation] ?? 0)
      .jpeg({ quality: 95 })
      .withMetadata({ orientation })
      .toBuffer();
    const image = await decodeImage(new Uint8Array(turned));
    expect([image.width, image.height]).toEqual([64, 96]);
    expect(at(image, 32, 20)[0]).toBeGreaterThan(180);
    expect(at(image, 32, 80)[2]).toBeGreaterThan(180);
  });

  it('of another colour profile becomes sRGB', async () => {
    const p3 = await raw(paint(32, 32, () => [200, 100, 50, 255]))
      .withIccProfile('p3')
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const [r, g, b] = at(await decodeImage(new Uint8Array(p3)), 16, 16);
    for (const [got, wanted] of [
      [r, 200],
      [g, 100],
      [b, 50],
    ])
      expect(Math.abs(got - wanted)).toBeLessThanOrEqual(3);
  });

  it('may be WebP', async () => {
    const image = smooth(64, 48);
    const webp = new Uint8Array(await raw(image).webp({ lossless: true }).toBuffer());
    expect(await decodeImage(webp)).toEqual(image);
    expect((await decodeImage(new Uint8Array(await raw(image).webp({ quality: 90 }).toBuffer()))).width).toBe(64);
  });
});

describe('a picture that cannot be taken is refused in one sentence', () => {
  const name = 'photo.png';
  const refuse = async (bytes: Uint8Array, message: RegExp, code: string, minSide = 256): Promise<void> =>
    expect(decodeImage(bytes, { name, minSide })).rejects.toMatchObject({
      name: 'MediaError',
      code,
      message: expect.stringMatching(message),
    });

  it('of 100 megapixels, from its header', async () => {
    await refuse(
      pngHeader(10_000, 10_000),
      /^photo\.png\.size: expected at most 50 megapixels, got 10000x10000 \(100 megapixels\); scale it down$/,
      'media.image-too-large',
    );
    const jpeg = Buffer.from(await raw(smooth(64, 64)).jpeg().toBuffer());
    jpeg.writeUInt16BE(65_000, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5);
    jpeg.writeUInt16BE(65_000, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 7);
    await refuse(new Uint8Array(jpeg), /4225 megapixels/, 'media.image-too-large');
  });

  it('of 1x1', async () => {
    await refuse(
      await encodePng(paint(1, 1, () => [0, 0, 0, 255])),
      /^photo\.png\.size: expected sides of at least 256 pixels, got 1x1; give a larger picture$/,
      'media.image-too-small',
    );
    expect(await decodeImage(await encodePng(paint(1, 1, () => [9, 8, 7, 255])))).toEqual(
      paint(1, 1, () => [9, 8, 7, 255]),
    );
  });

  it('truncated, wherever it is cut', async () => {
    const png = await encodePng(paint(300, 300, (x, y) => [x * y, x ^ y, x + y, 255]));
    const jpeg = new Uint8Array(await raw(smooth(300, 300)).jpeg().toBuffer());
    const webp = new Uint8Array(await raw(smooth(300, 300)).webp().toBuffer());
    for (const whole of [png, jpeg, webp])
      for (const share of [0.002, 0.3, 0.9]) {
        await expect(
          decodeImage(whole.subarray(0, Math.max(12, Math.floor(whole.length * share))), { name }),
        ).rejects.toMatchObject({ code: 'media.image-truncated' });
      }
  });

  it('animated', async () => {
    const pages = Buffer.concat([0, 120, 240].map((value) => Buffer.alloc(300 * 300 * 4, value)));
    const animation = sharp(pages, { raw: { width: 300, height: 900, channels: 4, pageHeight: 300 } });
    await refuse(
      new Uint8Array(
        await animation
          .clone()
          .webp({ loop: 0, delay: [100, 100, 100] })
          .toBuffer(),
      ),
      /^photo\.png: expected one still picture, got an animated WEBP; save one frame of it$/,
      'media.image-animated',
    );
    await refuse(
      pngHeader(300, 300, [['acTL', Buffer.from([0, 0, 0, 3, 0, 0, 0, 0])]]),
      /animated PNG/,
      'media.image-animated',
    );
    await refuse(
      new Uint8Array(await animation.clone().gif().toBuffer()),
      /got GIF; save it as PNG or JPEG$/,
      'media.image-format',
    );
  });

  it('of another kind', async () => {
    await refuse(
      new TextEncoder().encode('{"not": "a picture, but long enough"}'),
      /got something else/,
      'media.image-format',
    );
    await refuse(new Uint8Array(), /got an empty file/, 'media.image-format');
    await refuse(new Uint8Array(await raw(smooth(300, 300)).tiff().toBuffer()), /got TIFF/, 'media.image-format');
  });
});

describe('resizing', () => {
  it('keeps a smooth picture, there and back', async () => {
    const image = smooth(128, 96);
    const back = await resizeImage(await resizeImage(image, 192, 144), 128, 96);
    let error = 0;
    for (let i = 0; i < image.data.length; i++) error += Math.abs(image.data[i] - back.data[i]);
    expect(error / image.data.length).toBeLessThan(1);
  });

  it.each([
    [128, 96, 192, 144],
    [192, 144, 128, 96],
    [100, 100, 37, 53],
  ])('of %ix%i to %ix%i keeps every point in its place', async (width, height, toWidth, toHeight) => {
    const wave = (w: number, h: number): Image =>
      paint(w, h, (x, y) => [
        127 + 100 * Math.sin((12 * (x + 0.5)) / w),
        127 + 100 * Math.sin((12 * (y + 0.5)) / h),
        0,
        255,
      ]);
    const wanted = wave(toWidth, toHeight);
    const got = await resizeImage(wave(width, height), toWidth, toHeight);
    for (let y = 5; y < toHeight - 5; y++)
      for (let x = 5; x < toWidth - 5; x++)
        for (let c = 0; c < 2; c++) expect(Math.abs(at(got, x, y)[c] - at(wanted, x, y)[c])).toBeLessThanOrEqual(2);
  });

  it('makes stripes too fine for the small size grey instead of a coarser pattern', async () => {
    const stripes = paint(256, 64, (x) => (x % 2 === 0 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
    const small = await resizeImage(stripes, 96, 24);
    for (let x = 8; x < 88; x++) expect(Math.abs(at(small, x, 12)[0] - 127.5)).toBeLessThan(16);
  });

  it('keeps the colours behind a matte when straight, and gives a cut-out no dark rim when weighted', async () => {
    const split = paint(64, 64, (x) => (x < 32 ? [200, 40, 40, 255] : [40, 200, 40, 0]));
    const straight = await resizeImage(split, 32, 32);
    expect(at(straight, 28, 16)).toEqual([40, 200, 40, 0]);
    const cutOut = paint(64, 64, (x) => (x < 31 ? [200, 40, 40, 255] : [0, 0, 0, 0]));
    const weighted = await resizeImage(cutOut, 32, 32, { colours: 'weighted' });
    for (let x = 0; x < 32; x++)
      if (at(weighted, x, 16)[3] > 64) expect(Math.abs(at(weighted, x, 16)[0] - 200)).toBeLessThanOrEqual(4);
  });

  it('refuses sides that are no whole numbers', async () => {
    await expect(resizeImage(smooth(8, 8), 3.5, 4)).rejects.toThrow(
      /^resize-image\.size: expected .+, got 3\.5x4; .+$/,
    );
  });
});

describe('evenSize', () => {
  it('gives the sizes of the design and keeps aspect and area of others', () => {
    expect(evenSize(1024, 1536, 393_216)).toEqual({ width: 512, height: 768 });
    expect(evenSize(512, 768, 55_296)).toEqual({ width: 192, height: 288 });
    expect(evenSize(512, 768, 24_576)).toEqual({ width: 128, height: 192 });
    expect(evenSize(512, 768, 6144)).toEqual({ width: 64, height: 96 });
    for (const [width, height] of [
      [1000, 1000],
      [300, 4000],
      [4032, 3024],
      [257, 256],
    ]) {
      const size = evenSize(width, height, 393_216);
      expect([size.width % 2, size.height % 2]).toEqual([0, 0]);
      expect(Math.abs(size.width * height - size.height * width) / (size.width * height)).toBeLessThan(0.012);
      expect(Math.abs(size.width * size.height - 393_216) / 393_216).toBeLessThan(0.012);
    }
  });
});
