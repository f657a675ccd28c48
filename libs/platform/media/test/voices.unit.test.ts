import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkVoice, decodeAudio, encodeWav, type Audio } from '../src/index.ts';

// fixtures/voices/make.sh: made by sox, flac, lame, opusenc, oggenc and FFmpeg
const folder = new URL('fixtures/voices/', import.meta.url);
const read = async (file: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(file, folder)));
const take = async (file: string | Uint8Array, said: string[] = []): Promise<Audio> =>
  decodeAudio(typeof file === 'string' ? await read(file) : file, {
    name: typeof file === 'string' ? file : 'voice',
    notice: (message) => void said.push(message),
  });
const join = (...parts: (Uint8Array | readonly number[])[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
const rms = ({ samples }: Audio): number => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

/** What most of these files were made of: 0.2 s at 8 kHz, and 0.3 s at 16 kHz. */
let plain8: Audio;
let plain16: Audio;
beforeAll(async () => {
  plain8 = await take('ffmpeg-pipe-rf64.wav');
  plain16 = await take('speech.flac');
});

/** By how many samples b is later than a, and how like they are there, 0 … 1. */
function compare(a: Audio, b: Audio, reach = 700): { lag: number; likeness: number } {
  let best = { lag: 0, likeness: 0 };
  for (let lag = -reach; lag <= reach; lag++) {
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = Math.max(0, -lag); i < a.samples.length && i + lag < b.samples.length; i++) {
      ab += a.samples[i] * b.samples[i + lag];
      aa += a.samples[i] ** 2;
      bb += b.samples[i + lag] ** 2;
    }
    const likeness = ab / Math.sqrt(aa * bb);
    if (likeness > best.likeness) best = { lag, likeness };
  }
  return best;
}

describe('FLAC', () => {
  /** MD5 of the samples that went in, as its encoder wrote it (RFC 9639 §8.2). */
  const digestIn = (bytes: Uint8Array): string => {
    const head = Buffer.from(bytes).indexOf('fLaC') + 8;
    return Buffer.from(bytes.subarray(head + 18, head + 34)).toString('hex');
  };
  const digestOf = ({ samples }: Audio, bits: number): string => {
    const bytes = Buffer.alloc((samples.length * bits) / 8);
    samples.forEach((x, i) => bytes.writeIntLE(Math.round(x * 2 ** (bits - 1)), (i * bits) / 8, bits / 8));
    return createHash('md5').update(bytes).digest('hex');
  };

  it.each([
    ['speech.flac', 16, 4800],
    ['speech-24bit.flac', 24, 1600],
    ['speech-flac.oga', 16, 4800],
  ])('%s comes out to the bit, from the first sample to the last', async (file, bits, length) => {
    const audio = await take(file);
    expect(audio.samples).toHaveLength(length);
    expect(digestOf(audio, bits)).toBe(digestIn(await read(file)));
  });

  it('of a pipe, which does not say how long it is, and of two channels comes out to the bit', async () => {
    expect((await take('speech-pipe.flac')).samples).toEqual(plain8.samples);
    const { samples } = await take('speech-48k-stereo.flac');
    expect(samples).toHaveLength(4800);
    expect(
      compare({ sampleRate: 48_000, samples: samples.subarray(0, 3000) }, { sampleRate: 48_000, samples }),
    ).toEqual({ lag: 0, likeness: expect.closeTo(1, 9) });
  });

  // only Linux can be told which cores to use
  it.skipIf(process.platform !== 'linux')('is the same on one core as on all of them', async () => {
    const script = `
      const { decodeAudio } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
      const { readFileSync } = await import('node:fs');
      const { samples } = await decodeAudio(readFileSync(${JSON.stringify(new URL('speech.flac', folder).pathname)}));
      console.log(samples.length, samples.findIndex((x) => x !== 0));`;
    const one = spawnSync('taskset', ['-c', '0', process.execPath, '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    const first = plain16.samples.findIndex((x) => x !== 0);
    expect(one.stdout.trim()).toBe(`4800 ${first}`);
  });
});

describe('what cannot be decoded', () => {
  it.each([
    ['vorbis.ogg', /got sound in Vorbis that cannot be decoded; save it as WAV$/],
    ['vorbis.webm', /got sound in Vorbis that cannot be decoded; save it as WAV$/],
    ['alac.m4a', /got sound in ALAC \(Apple Lossless\) that cannot be decoded/],
    ['ima.mov', /got sound in IMA ADPCM that cannot be decoded/],
    ['speech.aiff', /got AIFF; save it as WAV$/],
    ['speech.au', /got AU; save it as WAV$/],
    ['ms-adpcm.wav', /got Microsoft ADPCM with 4 bit/],
    ['ima-adpcm.wav', /got IMA ADPCM with 4 bit/],
    ['gsm.wav', /got GSM 6\.10/],
  ])('%s is refused by the name of what is in it', async (file, message) => {
    await expect(take(file)).rejects.toMatchObject({
      code: 'media.audio-format',
      message: expect.stringMatching(message),
    });
  });
});

describe('Matroska, whose last packet does not say how long it is,', () => {
  it('has FLAC to its last sample', async () => {
    expect((await take('speech-flac.mka')).samples).toEqual(plain16.samples);
  });

  it('has Opus to its last packet, as a browser records it', async () => {
    const { sampleRate, samples } = await take('speech-live.webm');
    const { samples: whole } = await take('speech.opus');
    expect([sampleRate, whole.length]).toEqual([48_000, 14_400]);
    expect(samples.length - whole.length).toBeGreaterThanOrEqual(0);
    expect(samples.length - whole.length).toBeLessThan(960);
    expect(compare({ sampleRate, samples: whole }, { sampleRate, samples }).lag).toBe(0);
  });
});

describe('a file of several streams', () => {
  it('of Ogg, recordings one after another, is all of them', async () => {
    const [opus, flac] = [await read('speech.opus'), await read('speech-flac.oga')];
    const said: string[] = [];
    const twice = await take(join(opus, opus), said);
    const once = await take(opus);
    expect(twice.samples).toEqual(Float32Array.from([...once.samples, ...once.samples]));
    expect(said).toEqual(['voice: 2 recordings one after another in one file, taken as one']);
    const mixed = await take(join(flac, opus, flac));
    expect(mixed.sampleRate).toBe(16_000);
    expect(mixed.samples).toHaveLength(3 * 4800);
    expect(mixed.samples.subarray(0, 4800)).toEqual(plain16.samples);
    expect(mixed.samples.subarray(9600)).toEqual(plain16.samples);
  });

  it('of Ogg, with one among them that cannot be decoded, is refused as a whole', async () => {
    await expect(take(join(await read('speech.opus'), await read('vorbis.ogg')))).rejects.toThrow(/sound in Vorbis/);
  });

  it.each([
    ['vorbis-and-opus.ogg', 'Vorbis', 48_000],
    ['vorbis-and-opus.webm', 'Vorbis', 48_000],
    ['alac-and-aac.m4a', 'ALAC (Apple Lossless)', 8000],
    ['ima-and-pcm.mov', 'IMA ADPCM', 8000],
  ])('%s: the first track that can be decoded is taken, and said so', async (file, other, rate) => {
    const said: string[] = [];
    const audio = await take(file, said);
    expect([audio.sampleRate, rms(audio) > 0.04]).toEqual([rate, true]);
    expect(said).toEqual([`${file}: sound in ${other} cannot be decoded, the next track is taken`]);
  });

  it('prints nothing of a library', () => {
    const script = `
      const { decodeAudio } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)});
      const { readFileSync } = await import('node:fs');
      await decodeAudio(readFileSync(${JSON.stringify(new URL('alac.m4a', folder).pathname)})).catch(() => {});`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['', '']);
  });
});

describe('a WAV that was written before its length was known', () => {
  it.each(['sox-pipe.wav', 'ffmpeg-pipe.wav', 'ffmpeg-pipe-rf64.wav'])('by %s is read to its end', async (file) => {
    expect((await take(file)).samples).toHaveLength(1600);
    expect((await take(file)).samples).toEqual(plain8.samples);
  });

  it.each([0, 0x7fffffff, 0x80000000, 0x7ffff000, 0xffffffff, 0x7fffffff - 36, 0xffffffff - 36])(
    'with a size of %i is read to its end',
    async (size) => {
      const bytes = Buffer.from(await read('sox-pipe.wav'));
      bytes.writeUInt32LE(size, 40);
      expect((await take(new Uint8Array(bytes))).samples).toEqual(plain8.samples);
      expect((await take(new Uint8Array(bytes.subarray(0, -1)))).samples).toHaveLength(1599);
    },
  );

  it('is told from one with no sound, and from one that is cut', async () => {
    const empty = encodeWav({ sampleRate: 16_000, samples: new Float32Array() });
    const list = [...Buffer.from('LIST'), 4, 0, 0, 0, ...Buffer.from('odds')];
    expect((await take(empty)).samples).toHaveLength(0);
    expect((await take(join(empty, list))).samples).toHaveLength(0);
    const bytes = Buffer.from(await read('sox-pipe.wav'));
    bytes.writeUInt32LE(100_000, 40);
    await expect(take(new Uint8Array(bytes))).rejects.toMatchObject({ code: 'media.audio-truncated' });
  });
});

describe('a WAV of a telephone', () => {
  it('has every code of A-law and µ-law as FFmpeg has it', async () => {
    const want = Buffer.from(await read('g711.s16le'));
    const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (const [k, format] of [6, 7].entries()) {
      const head = Buffer.from((await read('alaw.wav')).subarray(0, 58));
      const bytes = Buffer.concat([head, codes]);
      bytes.writeUInt16LE(format, 20);
      bytes.writeUInt32LE(256, 54);
      const { samples } = await take(new Uint8Array(bytes));
      expect([...samples].map((x) => x * 32768)).toEqual(
        codes.reduce<number[]>((all, i) => [...all, want.readInt16LE(2 * (256 * k + i))], []),
      );
    }
  });

  it.each(['alaw.wav', 'mulaw.wav', 'alaw-ffmpeg.wav', 'mulaw-sox.wav'])(
    '%s is the voice that went into it',
    async (file) => {
      const { lag, likeness } = compare(plain8, await take(file));
      expect([lag, likeness > 0.998]).toEqual([0, true]);
    },
  );
});

describe('two channels of opposite phase', () => {
  it.each([
    ['opposed.wav', 0.06],
    ['opposed.mp3', 0.05],
    ['opposed.opus', 0.05],
    ['opposed.m4a', 0.05],
  ])('%s are the voice, not silence', async (file, least) => {
    const said: string[] = [];
    const audio = await take(file, said);
    expect(rms(audio)).toBeGreaterThan(least);
    expect(said).toEqual([
      expect.stringMatching(/its channels cancel one another \(opposite phase\), so channel 1 alone is taken$/),
    ]);
    checkVoice({
      ...audio,
      samples: Float32Array.from({ length: 48_000 }, (_, i) => audio.samples[i % audio.samples.length]),
    });
  });

  /** A WAV of two channels as 16 bit. */
  const stereo = (left: (i: number) => number, right: (i: number) => number, length = 8000): Uint8Array => {
    const bytes = Buffer.alloc(44 + 4 * length);
    bytes.write('RIFF....WAVEfmt ');
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt16LE(1, 20);
    bytes.writeUInt16LE(2, 22);
    bytes.writeUInt32LE(8000, 24);
    bytes.writeUInt16LE(4, 32);
    bytes.writeUInt16LE(16, 34);
    bytes.write('data', 36);
    bytes.writeUInt32LE(4 * length, 40);
    for (let i = 0; i < length; i++)
      [left, right].forEach((value, c) => bytes.writeInt16LE(Math.round(32_767 * value(i)), 44 + 4 * i + 2 * c));
    return new Uint8Array(bytes);
  };
  const tone = (i: number): number => 0.4 * Math.sin(i / 3);
  const other = (i: number): number => 0.4 * Math.sin(i / 5.3);

  it('with a constant part, or for half of the time, is found; unrelated and alike ones are averaged', async () => {
    const said: string[] = [];
    expect(
      rms(
        await take(
          stereo(tone, (i) => 0.2 - tone(i)),
          said,
        ),
      ),
    ).toBeCloseTo(0.283, 2);
    expect(
      rms(
        await take(
          stereo(tone, (i) => (i < 4000 ? -tone(i) : tone(i))),
          said,
        ),
      ),
    ).toBeCloseTo(0.283, 2);
    expect(said).toHaveLength(2);
    for (const right of [other, tone, () => 0, (i: number) => -0.3 * tone(i)]) {
      const { samples } = await take(stereo(tone, right), said);
      expect(samples[1234]).toBeCloseTo((tone(1234) + right(1234)) / 2, 3);
    }
    expect(said).toHaveLength(2);
  });
});

describe('MP3', () => {
  const files = ['speech.mp3', 'speech-vbr-id3.mp3', 'speech-ffmpeg.mp3'];
  const id3 = (size: number): number[] => [
    ...Buffer.from('ID3'),
    4,
    0,
    0,
    0,
    0,
    size >> 7,
    size & 127,
    ...new Array<number>(size).fill(65),
  ];

  it.each(files)('%s begins and ends where the voice does', async (file) => {
    const audio = await take(file);
    expect(audio.samples).toHaveLength(4800);
    expect(compare(plain16, audio).lag).toBe(0);
  });

  it.each(files)('%s is the same behind zeros, tags and the end of a cut frame', async (file) => {
    const bytes = await read(file);
    const want = await take(bytes);
    const cutFrame = Array.from({ length: 150 }, (_, i) => (i * 37) & 127);
    for (const lead of [
      new Array<number>(417).fill(0),
      [0],
      id3(300),
      [...id3(200), ...id3(3)],
      [...id3(20), 0, 0, 0],
      cutFrame,
    ]) {
      const audio = await take(join(lead, bytes));
      expect(audio.samples).toEqual(want.samples);
    }
  });

  it('that does not say how much is padding keeps it, as in FFmpeg: nobody knows how much there is', async () => {
    // FFmpeg 5.1: 6336 samples, the voice 1105 (LAME's 576 and the decoder's 529) late
    const audio = await take('speech-noinfo.mp3');
    expect(audio.samples).toHaveLength(6336);
    const { lag, likeness } = compare(plain16, audio, 1200);
    expect([lag, likeness > 0.99]).toEqual([1105, true]);
  });

  it('of two that were put together is both', async () => {
    const bytes = await read('speech.mp3');
    const { samples } = await take(join(bytes, bytes));
    expect(samples.length).toBeGreaterThanOrEqual(9600);
    expect(samples.subarray(0, 4800)).toEqual((await take(bytes)).samples);
  });

  it('may be as long as the limit without its padding', async () => {
    const bytes = await read('speech.mp3');
    expect((await decodeAudio(bytes, { maxSeconds: 0.3 })).samples).toHaveLength(4800);
    await expect(decodeAudio(bytes, { maxSeconds: 0.29 })).rejects.toMatchObject({ code: 'media.audio-too-long' });
  });
});

it('a recording in the pool of a Node buffer is read as any other', async () => {
  for (const file of ['speech.flac', 'speech.mp3', 'speech.opus', 'alaw.wav', 'speech-flac.oga', 'opposed.m4a']) {
    const bytes = await read(file);
    const pooled = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(9, 0xff)]).subarray(
      13,
      13 + bytes.length,
    );
    expect(await take(pooled)).toEqual(await take(bytes));
  }
});
