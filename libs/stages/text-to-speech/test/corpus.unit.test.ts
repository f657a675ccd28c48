import { describe, expect, it } from 'vitest';
import { settleAxes } from '@soliloquy/stage';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/corpus/backbones/sentences.ts';
import { corpusStage, SENTENCES, STYLES } from '../src/index.ts';
import { run as saySentence } from '../src/text-to-speech/backbones/flite.ts';

const take = async (params: { style?: (typeof STYLES)[number]; count?: number; from?: number }) =>
  (await run({}, corpusStage.params.parse(params), stageContext())).text;

describe('the corpus', () => {
  it('has at least 130 sentences of conversation and 10 of each other style, no two alike', () => {
    for (const style of STYLES)
      expect(SENTENCES[style].length).toBeGreaterThanOrEqual(style === 'conversation' ? 130 : 10);
    const all = Object.values(SENTENCES).flat();
    expect(new Set(all.map((sentence) => sentence.toLowerCase())).size).toBe(all.length);
  });

  it('gives a clip the same sentence however many are asked for', async () => {
    const ten = await take({ count: 10 });
    expect(await take({ count: 4 })).toEqual(ten.slice(0, 4));
    expect(await take({ count: 3, from: 4 })).toEqual(ten.slice(4, 7));
    expect(await take({})).toHaveLength(6);
  });

  it('refuses more than it has, naming how many it has', async () => {
    await expect(take({ style: 'lecture', count: 10, from: 8 })).rejects.toThrow(
      /^corpus\.count: expected at most 4 sentences of style lecture from 8 on \(it has 12\), got 10; lower .*from$/,
    );
  });

  it('has sentences of 3.3 to 5.8 s, and every English phone in four of conversation', async () => {
    const phones = new Set<string>();
    const seconds: number[] = [];
    const chosen = [
      ...[1, 20, 24, 33].map((k) => SENTENCES.conversation[k]),
      SENTENCES.emotional[7],
      SENTENCES.monologue[7],
    ];
    await using ctx = stageContext();
    for (const text of chosen) {
      const { audio, timings } = await saySentence(
        { text, file: undefined, like: undefined },
        { voice: 'slt', pace: 1, padTo: 0 },
        ctx,
      );
      seconds.push(audio.samples.length / audio.sampleRate);
      for (const { phone } of timings?.phones ?? []) phones.add(phone);
    }
    expect(Math.min(...seconds)).toBeGreaterThan(3.3);
    expect(Math.max(...seconds)).toBeLessThan(5.8);
    const english =
      'aa ae ah ao aw ax ay b ch d dh eh er ey f g hh ih iy jh k l m n ng ow oy p r s sh t th uh uw v w y z zh'.split(
        ' ',
      );
    expect(english.filter((phone) => !phones.has(phone))).toEqual([]);
  });

  it('lies along the axis that it is told, clip unless told otherwise', () => {
    const along = (params: object) => settleAxes(corpusStage, corpusStage.params.parse(params)).outputs['text'].makes;
    expect([along({}), along({ axis: 'held-out' })]).toEqual(['clip', 'held-out']);
    for (const axis of ['', 'Held', 'a b', '*', '1'])
      expect(corpusStage.params.safeParse({ axis }).success).toBe(false);
  });
});
