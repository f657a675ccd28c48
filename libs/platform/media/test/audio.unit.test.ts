import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { checkVoice, decodeAudio, encodeMp4, encodeWav, resample, videoFromFrames, type Audio } from '../src/index.ts';

const tone = (seconds: number, sampleRate: number, hertz = 440, amplitude = 0.5): Audio => ({
  sampleRate,
  samples: Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  ),
});

type Encoding = { code: 1 | 3; bits: number; extensible?: boolean };

/** A WAV of interleaved values from −1 to 1, as other programs write them. */
function writeWav(
  channels: readonly (readonly number[])[],
  sampleRate: number,
  { code, bits, extensible = false }: Encoding,
): Uint8Array {
  const width = bits / 8;
  const frames = channels[0].length;
  const data = Buffer.alloc(frames * channels.length * width);
  for (let i = 0; i < frames; i++)
    for (let c = 0; c < channels.length; c++) {
      const value = channels[c][i];
      const to = (i * channels.length + c) * width;
      if (code === 3 && bits === 32) data.writeFloatLE(value, to);
      else if (code === 3) data.writeDoubleLE(value, to);
      else if (bits === 8) data.writeUInt8(Math.round(value * 127) + 128, to);
      else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), to, width);
    }
  const format = Buffer.alloc(extensible ? 40 : 16);
  format.writeUInt16LE(extensible ? 0xfffe : code, 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * channels.length * width, 8);
  format.writeUInt16LE(channels.length * width, 12);
  format.writeUInt16LE(bits, 14);
  if (extensible) format.writeUInt16LE(code, 24);
  const chunk = (name: string, body: Buffer): Buffer => {
    const head = Buffer.from(`${name}....`);
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    chunk('LIST', Buffer.from('odd')),
    chunk('data', data),
  ]);
  return chunk('RIFF', body);
}

describe('a WAV', () => {
  it('that we write comes back bit for bit, beyond full scale and minus zero too', async () => {
    const audio = { sampleRate: 22_050, samples: Float32Array.of(0, -0, 1.5, -1e-30, 0.1) };
    const back = await decodeAudio(encodeWav(audio));
    expect(back).toEqual(audio);
    expect(Object.is(back.samples[1], -0)).toBe(true);
    expect(encodeWav(back)).toEqual(encodeWav(audio));
  });

  it.each<Encoding>([
    { code: 1, bits: 8 },
    { code: 1, bits: 16 },
    { code: 1, bits: 24 },
    { code: 1, bits: 32 },
    { code: 3, bits: 32 },
    { code: 3, bits: 64 },
    { code: 1, bits: 16, extensible: true },
    { code: 3, bits: 32, extensible: true },
  ])('of format $code, $bits bit, extensible $extensible, is read, its channels averaged', async (encoding) => {
    const left = [0.5, -0.5, 0.25, 1, -1, 0, 0.125];
    const right = [0.25, 0.5, 0.25, 1, -1, 0, -0.125];
    const { sampleRate, samples } = await decodeAudio(writeWav([left, right], 44_100, encoding));
    expect(sampleRate).toBe(44_100);
    expect(samples).toHaveLength(7);
    samples.forEach((value, i) =>
      expect(Math.abs(value - (left[i] + right[i]) / 2)).toBeLessThanOrEqual(
        1.6 / 2 ** (Math.min(encoding.bits, 24) - 1),
      ),
    );
  });

  it('of six channels is read', async () => {
    const { samples } = await decodeAudio(writeWav([[0.6], [0], [0], [0], [0], [0]], 48_000, { code: 3, bits: 32 }));
    expect(samples[0]).toBeCloseTo(0.1, 6);
  });

  it('cut in its data says how much is missing', async () => {
    const wav = encodeWav(tone(1, 16_000));
    await expect(decodeAudio(wav.subarray(0, wav.length - 32_000), { name: 'voice.wav' })).rejects.toMatchObject({
      code: 'media.audio-truncated',
      message:
        'voice.wav.data: expected 64000 bytes (1.00 s), got 32000 (0.50 s), 32000 bytes missing; copy the ' +
        'recording again',
    });
    await expect(decodeAudio(wav.subarray(0, 30))).rejects.toMatchObject({ code: 'media.audio-truncated' });
  });

  it('of a format that is no PCM is refused, naming it', async () => {
    const other = Buffer.from(writeWav([[0, 0]], 8000, { code: 1, bits: 8 }));
    other.writeUInt16LE(0x1234, 20);
    await expect(decodeAudio(other)).rejects.toThrow(
      /^audio\.format: expected WAV of PCM .+, got format 4660 with 8 bit; .+$/,
    );
  });
});

describe('a compressed recording', () => {
  const read = async (file: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(new URL(`fixtures/${file}`, import.meta.url)));

  // 440 Hz at half of full scale, one second, made by FFmpeg (see fixtures/README.md); the stereo one is 3 dB down on
  // each side.
  it.each([
    ['sine-440-stereo.mp3', 0.354],
    ['sine-440.m4a', 0.5],
    ['sine-440.flac', 0.5],
    ['sine-440.ogg', 0.5],
  ])('%s is one second of 440 Hz that starts at time 0', async (file, amplitude) => {
    const { sampleRate, samples } = await decodeAudio(await read(file), { name: file });
    expect(samples.length / sampleRate).toBeCloseTo(1, 3);
    // Amplitude and phase at 440 Hz, by projection onto sine and cosine over whole periods, away from the ends.
    let sine = 0;
    let cosine = 0;
    const [from, to] = [Math.round(sampleRate * 0.25), Math.round(sampleRate * 0.75)];
    for (let i = from; i < to; i++) {
      sine += samples[i] * Math.sin((2 * Math.PI * 440 * i) / sampleRate);
      cosine += samples[i] * Math.cos((2 * Math.PI * 440 * i) / sampleRate);
    }
    const measured = (2 * Math.hypot(sine, cosine)) / (to - from);
    expect(Math.abs(measured / amplitude - 1)).toBeLessThan(0.1);
    expect(Math.abs((Math.atan2(cosine, sine) / (2 * Math.PI * 440)) * 1000)).toBeLessThan(0.15);
  });

  it('of five minutes is whole', async () => {
    const seconds = 299;
    const m4a = await encodeMp4(
      videoFromFrames(
        { width: 16, height: 16, fps: 1, frames: seconds, audio: tone(seconds, 16_000) },
        function* (from, to) {
          for (let i = from; i < to; i++) yield new Uint8ClampedArray(1024);
        },
      ),
    );
    const { samples, sampleRate } = await decodeAudio(m4a);
    expect(samples.length / sampleRate).toBeCloseTo(seconds, 1);
    // No packet is missing in between: every tenth of a second sounds.
    for (let from = 0; from + sampleRate / 10 <= samples.length; from += sampleRate / 10)
      expect(samples.subarray(from, from + sampleRate / 10).some((x) => Math.abs(x) > 0.05)).toBe(true);
  });

  it('cut in half is refused as truncated', async () => {
    const m4a = await encodeMp4(
      videoFromFrames({ width: 16, height: 16, fps: 25, frames: 25, audio: tone(1, 48_000) }, function* (from, to) {
        for (let i = from; i < to; i++) yield new Uint8ClampedArray(1024);
      }),
    );
    for (const bytes of [
      await read('sine-440-stereo.mp3'),
      await read('sine-440.flac'),
      await read('sine-440.ogg'),
      m4a,
    ]) {
      await expect(decodeAudio(bytes.subarray(0, bytes.length >> 1), { name: 'voice' })).rejects.toMatchObject({
        code: 'media.audio-truncated',
        message: expect.stringMatching(/^voice: expected .+, got .+; copy the recording again$/),
      });
    }
    const directoryLast = await read('sine-440.m4a');
    await expect(decodeAudio(directoryLast.subarray(0, directoryLast.length >> 1))).rejects.toThrow(
      /got a file without sound, or the first part of one/,
    );
  });

  it('longer than it may be is refused', async () => {
    await expect(decodeAudio(await read('sine-440.m4a'), { maxSeconds: 0.5 })).rejects.toMatchObject({
      code: 'media.audio-too-long',
    });
    await expect(decodeAudio(await read('sine-440.m4a'), { minSeconds: 2 })).rejects.toMatchObject({
      code: 'media.audio-too-short',
    });
  });

  it('of words is refused', async () => {
    await expect(
      decodeAudio(new TextEncoder().encode('these are words, and no sound whatsoever')),
    ).rejects.toMatchObject({ code: 'media.audio-format' });
  });
});

describe('resampling', () => {
  /** dB of the wanted tone over all else, away from the ends. */
  function snr(audio: Audio, hertz: number): number {
    const { samples, sampleRate } = audio;
    const wanted = tone(samples.length / sampleRate, sampleRate, hertz).samples;
    let noise = 0;
    let signal = 0;
    for (let i = 1000; i < samples.length - 1000; i++) {
      noise += (samples[i] - wanted[i]) ** 2;
      signal += wanted[i] ** 2;
    }
    return 10 * Math.log10(signal / noise);
  }

  it.each([
    [44_100, 16_000],
    [48_000, 16_000],
    [8000, 16_000],
    [16_000, 48_000],
    [22_050, 48_000],
    [11_025, 16_000],
  ])('%i to %i Hz keeps a tone, in place, over 80 dB', (from, to) => {
    for (const hertz of [100, 1000, 0.42 * Math.min(from, to)]) {
      const out = resample(tone(1, from, hertz), to);
      expect(out.samples).toHaveLength(to);
      expect(snr(out, hertz)).toBeGreaterThan(80);
    }
  });

  it('takes away what the lower rate cannot hold instead of folding it', () => {
    const { samples } = resample(tone(1, 44_100, 9000), 16_000);
    expect(Math.max(...samples.subarray(1000, 15_000).map(Math.abs))).toBeLessThan(1e-3);
  });

  it('of a long stereo recording keeps it over 70 dB', async () => {
    const seconds = 20;
    const left = Array.from(tone(seconds, 44_100, 440, 0.9).samples);
    const wav = writeWav([left, Array.from(tone(seconds, 44_100, 440, 0.1).samples)], 44_100, { code: 1, bits: 16 });
    const out = resample(await decodeAudio(wav), 16_000);
    expect(out.samples).toHaveLength(seconds * 16_000);
    expect(snr(out, 440)).toBeGreaterThan(70);
  });

  it('at the same rate changes nothing', () => {
    const audio = tone(0.5, 16_000);
    expect(resample(audio, 16_000)).toBe(audio);
  });
});

describe('a voice', () => {
  const check = (audio: Audio) => () => checkVoice(audio, 'voice.wav');

  it('is taken when it is faint, short or long within the limits', () => {
    checkVoice(tone(0.3, 16_000));
    checkVoice(tone(300, 8000));
    checkVoice(tone(1, 16_000, 200, 0.004));
  });

  it('is refused when empty, silent, too short, too long or not of numbers, each in one sentence', () => {
    expect(check({ sampleRate: 16_000, samples: new Float32Array() })).toThrow(
      'voice.wav: expected a voice of 0.3 to 300 s, got no sound at all; record again',
    );
    expect(check({ sampleRate: 16_000, samples: new Float32Array(16_000) })).toThrow(
      'voice.wav: expected a voice, got silence (digital zero); check the microphone and record again',
    );
    expect(check({ sampleRate: 16_000, samples: new Float32Array(16_000).fill(0.5) })).toThrow(/got silence/);
    expect(check(tone(1, 16_000, 200, 0.0005))).toThrow(/got silence \(-69 dB at its loudest\)/);
    expect(check(tone(0.29, 16_000))).toThrow(
      'voice.wav.duration: expected 0.3 to 300 s, got 0.29 s; give a longer recording',
    );
    expect(check(tone(600, 8000))).toThrow('voice.wav.duration: expected 0.3 to 300 s, got 600.0 s; cut it');
    expect(check({ sampleRate: 16_000, samples: new Float32Array(16_000).fill(Number.NaN) })).toThrow(
      /expected finite numbers/,
    );
  });
});
