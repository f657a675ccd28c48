import { describe, expect, test } from 'vitest';
import { checkMp4Tables } from '../src/check-tables.ts';
import { decodeAudio, encodeMp4, openMp4 } from '../src/index.ts';

const FORM = /^[^\n]+: expected [^\n]+, got [^\n]+; [^\n]+$/;

/** Without a frame: 4 bytes of name, 4 of a block's header, 34 of STREAMINFO. */
function flac(tail: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(42 + tail.length);
  bytes.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, 0x10, 0, 0x10, 0]);
  // 44100 Hz, one channel, 16 bits.
  bytes.set([0x0a, 0xc4, 0x40, 0xf0], 18);
  bytes.set(tail, 42);
  return bytes;
}

describe('a FLAC', () => {
  test.each([
    ['that ends after its metadata', flac()],
    ['with zeros behind it', flac(Array<number>(4000).fill(0))],
    ['whose metadata does not end', flac().map((byte, at) => (at === 4 ? 0 : byte))],
  ])(
    '%s is refused at once',
    async (_what, bytes) => {
      await expect(decodeAudio(bytes, { name: 'voice' })).rejects.toMatchObject({
        code: expect.stringMatching(/^media\./),
        message: expect.stringMatching(FORM),
      });
    },
    10_000,
  );
});

describe('an MP4', () => {
  async function film(): Promise<Uint8Array> {
    const frame = new Uint8ClampedArray(64 * 64 * 4).fill(128);
    async function* read(from = 0, to = 3): AsyncGenerator<Uint8ClampedArray> {
      for (let at = from; at < to; at += 1) yield frame;
    }
    return encodeMp4({ width: 64, height: 64, fps: 25, frames: 3, read } as never);
  }
  test('whose tables claim more than the file holds is refused at once, whichever table it is', async () => {
    const whole = await film();
    checkMp4Tables(whole);
    const text = Buffer.from(whole).toString('latin1');
    const places = ['stts', 'stsc', 'stsz', 'stco', 'co64', 'stss', 'trun'].flatMap((type) => {
      const at = text.indexOf(type);
      return at < 0 ? [] : [{ type, at: at + (type === 'stsz' ? 12 : 8) }];
    });
    expect(places.length).toBeGreaterThan(2);
    for (const { type, at } of places) {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setUint32(at, 0x7fffffff, false);
      expect(() => checkMp4Tables(bytes), type).toThrow(`"${type}" that claims 2147483647`);
      await expect(openMp4(bytes), type).rejects.toMatchObject({ code: 'media.video-format' });
    }
    // A chunk that claims more samples than there are: whoever looks for one of them adds up all of its chunk.
    const chunks = whole.slice();
    new DataView(chunks.buffer).setUint32(text.indexOf('stsc') + 16, 0x10000002, false);
    expect(() => checkMp4Tables(chunks)).toThrow('"stsc" that claims chunks of 268435458 samples');
    // One entry of stts that claims them all.
    const bytes = whole.slice();
    new DataView(bytes.buffer).setUint32(text.indexOf('stts') + 12, 0x7fffffff, false);
    expect(() => checkMp4Tables(bytes)).toThrow('claims');
  }, 20_000);

  test('whose chunks claim too much is refused wherever in the track the tables stand', () => {
    const u32 = (...values: number[]): Buffer => Buffer.from(new Uint32Array(values).buffer).swap32();
    const box = (type: string, ...body: Buffer[]): Buffer => {
      const inner = Buffer.concat(body);
      return Buffer.concat([u32(8 + inner.length), Buffer.from(type), inner]);
    };
    const sizes = (count: number): Buffer => box('stsz', u32(0, 0, count), Buffer.alloc(4 * count, 1));
    const chunk = (samples: number): Buffer => box('stsc', u32(0, 1, 1, samples, 1));
    const track = (...tables: Buffer[][]): Buffer =>
      box('moov', box('trak', ...tables.map((table) => box('stbl', ...table))));
    checkMp4Tables(track([chunk(28_000), sizes(28_000)]));
    checkMp4Tables(track([chunk(4096), sizes(1)]));
    for (const hostile of [
      track([chunk(4097), sizes(1)]),
      track([chunk(4097)], [sizes(1)]),
      track([sizes(1)], [chunk(1), chunk(4097)]),
      track([chunk(40_000), sizes(40_000)]),
    ])
      expect(() => checkMp4Tables(hostile)).toThrow('"stsc" that claims');
  });
});
