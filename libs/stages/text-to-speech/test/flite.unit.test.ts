import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { audio, timings } from '@soliloquy/ports';
import { stageContext } from '@soliloquy/testing';
import { textToSpeechStage, VOICES, type Voice } from '../src/index.ts';
import { run } from '../src/text-to-speech/backbones/flite.ts';
import { requireWhole } from '../src/text-to-speech/flite-program.ts';
import { speakable, utterances } from '../src/text-to-speech/speakable.ts';

const say = async (text: string | undefined, options: { voice?: Voice; pace?: number; padTo?: number } = {}) => {
  await using ctx = stageContext();
  return await run({ text, file: undefined, like: undefined }, { voice: 'slt', pace: 1, padTo: 0, ...options }, ctx);
};

/** Root mean square of the sound between two times, seconds. */
function level(
  { samples, sampleRate }: { samples: Float32Array; sampleRate: number },
  from: number,
  to: number,
): number {
  const part = samples.subarray(Math.round(from * sampleRate), Math.round(to * sampleRate));
  return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / part.length);
}

describe('flite', () => {
  it('says the same bytes each time, and other bytes with another voice', async () => {
    const [first, second, other] = [
      await say('It is good to see you.'),
      await say('It is good to see you.'),
      await say('It is good to see you.', { voice: 'rms' }),
    ];
    const bytes = async (said: typeof first): Promise<Uint8Array> => (await audio.encode(said.audio))['audio.wav'];
    expect(await bytes(second)).toEqual(await bytes(first));
    expect(second.timings).toEqual(first.timings);
    expect(await bytes(other)).not.toEqual(await bytes(first));
  });

  it('whose file was cut off by a full disk says so', async () => {
    const { 'audio.wav': bytes } = await audio.encode((await say('Yes.')).audio);
    const wav = Buffer.from(bytes);
    expect(() => requireWhole(wav)).not.toThrow();
    for (const length of [0, 7, 44, wav.length - 1])
      expect(() => requireWhole(wav.subarray(0, length))).toThrow(
        /^text-to-speech\.flite: expected \d+ bytes of speech in the scratch folder, got \d+; free some space/,
      );
  });

  it.each(VOICES)('%s speaks at 16 kHz and its timings end with the sound', async (voice) => {
    const said = await say('Shall we talk about your work today?', { voice });
    expect(said.audio.sampleRate).toBe(16_000);
    timings.schema.parse(said.timings);
    expect(said.timings?.phones.length).toBeGreaterThan(20);
    expect(Math.abs((said.timings?.phones.at(-1)?.end ?? 0) - said.audio.samples.length / 16_000)).toBeLessThan(0.02);
  });

  it("is louder in its vowels than in its pauses: the timings are the sound's own, later too", async () => {
    const long = 'The weather changed so fast that we ran for our jackets. '.repeat(6);
    const { audio: sound, timings: heard } = await say(long);
    expect(utterances(long).length).toBeGreaterThan(1);
    timings.schema.parse(heard);
    expect(heard?.phones.every(({ end, start }) => end - start < 0.6)).toBe(true);
    const of = (names: string[]): number[] =>
      (heard?.phones ?? [])
        .filter(({ phone, start, end }) => names.includes(phone) && end - start > 0.06)
        .map(({ start, end }) => level(sound, start + 0.02, end - 0.02));
    const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
    expect(of(['ae']).length).toBeGreaterThanOrEqual(6);
    expect(median(of(['ae', 'eh', 'ao']))).toBeGreaterThan(10 * median(of(['pau'])));
  });

  it('is filled with silence up to padTo and never cut', async () => {
    const natural = await say('Hello there.');
    const padded = await say('Hello there.', { padTo: 5 });
    expect(padded.audio.samples).toHaveLength(80_000);
    expect(padded.audio.samples.subarray(0, natural.audio.samples.length)).toEqual(natural.audio.samples);
    expect(Math.max(...padded.audio.samples.subarray(natural.audio.samples.length))).toBe(0);
    expect((await say('Hello there.', { padTo: 0.1 })).audio).toEqual(natural.audio);
  });

  it('speaks twice as fast at pace 2', async () => {
    const [plain, fast] = [
      await say('Hello there my old friend.'),
      await say('Hello there my old friend.', { pace: 2 }),
    ];
    expect(fast.audio.samples.length / plain.audio.samples.length).toBeCloseTo(0.5, 1);
  });

  it('leaves nothing in its scratch folder', async () => {
    await using ctx = stageContext();
    await run({ text: 'Hello.', file: undefined, like: undefined }, { voice: 'slt', pace: 1, padTo: 0 }, ctx);
    expect(await readdir(await ctx.scratch())).toEqual([]);
  });

  it.each(['', '  \n ', '!?…', '世界'])('refuses a text without words: %j', async (text) => {
    await expect(say(text)).rejects.toThrow(
      /^text-to-speech\.text: expected a text with words in Latin letters, got .+; write what is to be said$/,
    );
  });

  it('says that the text is missing', async () => {
    await expect(say(undefined)).rejects.toThrow(/^text-to-speech\.text: expected a text, got nothing; connect one$/);
  });

  it('stops when it is cancelled', async () => {
    await using ctx = stageContext({ signal: AbortSignal.abort() });
    await expect(
      (async () =>
        run({ text: 'Hello.', file: undefined, like: undefined }, { voice: 'slt', pace: 1, padTo: 0 }, ctx))(),
    ).rejects.toThrow(/abort/i);
  });

  it('has defaults for every param', () => {
    expect(textToSpeechStage.params.parse({})).toEqual({ padTo: 0 });
    expect(textToSpeechStage.backbones.flite.params.parse({})).toEqual({ voice: 'slt', pace: 1 });
  });
});

describe('the text that Flite gets', () => {
  it('is ASCII, with typographic signs made plain', () => {
    expect(speakable('Don’t — “stop”,\n naïve café… Łódź')).toBe('Don\'t, "stop", naive cafe... lodz');
  });

  it('is cut into pieces of at most 300 characters that together are the text', () => {
    for (const text of [
      'One. Two. Three.',
      `${'word '.repeat(200)}end.`,
      'x'.repeat(1000),
      `${'a long part of a sentence, '.repeat(40)}and its end. And another.`,
    ]) {
      const pieces = utterances(text);
      expect(pieces.join(' ').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(300);
    }
  });
});
