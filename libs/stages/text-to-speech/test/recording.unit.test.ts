import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { encodeWav } from '@soliloquy/media';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/text-to-speech/backbones/recording.ts';

const take = async (bytes: Uint8Array, padTo = 0, name = 'voice.wav') =>
  run({ text: undefined, like: undefined, file: { name, bytes } }, { padTo }, stageContext());
const tone = (seconds: number, sampleRate = 44_100): Uint8Array =>
  encodeWav({
    sampleRate,
    samples: Float32Array.from(
      { length: Math.round(seconds * sampleRate) },
      (_, i) => 0.4 * Math.sin((2 * Math.PI * 300 * i) / sampleRate),
    ),
  });

describe('recording', () => {
  it('is 16 kHz mono and as long as the file, whatever its rate', async () => {
    for (const rate of [8000, 16_000, 44_100, 48_000]) {
      const { audio, timings } = await take(tone(1.5, rate));
      expect(audio.sampleRate).toBe(16_000);
      expect(audio.samples).toHaveLength(24_000);
      expect(timings).toBeUndefined();
    }
  });

  it('keeps the pauses at its ends', async () => {
    const samples = new Float32Array(32_000);
    samples.fill(0.3, 12_000, 20_000);
    samples.forEach((x, i) => (samples[i] = x * Math.sin(i)));
    const { audio } = await take(encodeWav({ sampleRate: 16_000, samples }));
    expect(audio.samples).toEqual(samples);
  });

  it('is filled with silence up to padTo', async () => {
    expect((await take(tone(1), 5)).audio.samples).toHaveLength(80_000);
  });

  it.each([
    ['no bytes', new Uint8Array(), /^voice\.wav: expected .+, got an empty file; .+$/],
    [
      'no samples',
      encodeWav({ sampleRate: 16_000, samples: new Float32Array() }),
      /^voice\.wav: expected a voice of 0\.3 to 300 s, got no sound at all; .+$/,
    ],
    [
      'silence',
      encodeWav({ sampleRate: 16_000, samples: new Float32Array(16_000) }),
      /^voice\.wav: expected a voice, got silence .+; .+$/,
    ],
    [
      'half its data',
      tone(2).subarray(0, 200_000),
      /^voice\.wav\.data: expected 352800 bytes \(2\.00 s\), got 199942 \(1\.13 s\), 152858 bytes missing; .+$/,
    ],
    ['0.2 s', tone(0.2), /^voice\.wav\.duration: expected 0\.3 to 300 s, got 0\.20 s; .+$/],
    ['ten minutes', tone(600, 8000), /^voice\.wav\.duration: expected at most 300 s, got 600\.0 s; cut it$/],
    [
      'text',
      new TextEncoder().encode('this is no sound at all, only words'),
      /^voice\.wav: expected a WAV, MP3, M4A, OGG or FLAC recording, got .+; .+$/,
    ],
  ])('of %s is refused in one sentence', async (_what, bytes, message) => {
    await expect(take(bytes)).rejects.toMatchObject({ name: 'StageError', message: expect.stringMatching(message) });
  });

  it('takes one of two channels that cancel one another, and says so', async () => {
    const file = new URL('../../../platform/media/test/fixtures/voices/opposed.wav', import.meta.url);
    const bytes = Buffer.from(await readFile(file));
    const sound = Buffer.concat([bytes.subarray(44), bytes.subarray(44)]);
    bytes.writeUInt32LE(sound.length, 40);
    const said: string[] = [];
    const { audio } = await run(
      {
        text: undefined,
        like: undefined,
        file: { name: 'voice.wav', bytes: Buffer.concat([bytes.subarray(0, 44), sound]) },
      },
      { padTo: 0 },
      stageContext({ log: (message) => void said.push(message) }),
    );
    expect(Math.max(...audio.samples)).toBeGreaterThan(0.1);
    expect(said).toEqual([expect.stringContaining('its channels cancel one another')]);
  });

  it('says that the file is missing', async () => {
    await expect(async () =>
      run({ text: undefined, file: undefined, like: undefined }, { padTo: 0 }, stageContext()),
    ).rejects.toThrow(/^text-to-speech\.file: expected a recording, got nothing; connect a file$/);
  });
});
