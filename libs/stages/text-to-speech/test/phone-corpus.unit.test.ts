import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { namedDraws, seededNormals } from '@soliloquy/random';
import { stageContext } from '@soliloquy/testing';
import { phoneCorpusStage, SENTENCES, TRAINING_VOICES, type TrainingVoice } from '../src/index.ts';
import { run } from '../src/phone-corpus/backbones/flite.ts';
import {
  coarselyCoded,
  coloredNoise,
  companded,
  filtered,
  lineResponse,
  roomResponse,
  withNoise,
} from '../src/phone-corpus/damage.ts';
import { madeSentence, strangeSentence } from '../src/phone-corpus/made-sentences.ts';

const RATE = 16_000;
const corpus = async (voice: TrainingVoice, count: number, { recordings = 0.8, seed = 1 } = {}) => {
  await using ctx = stageContext({ seed });
  return await run({}, { voice, count, recordings }, ctx);
};
const digest = ({ samples }: { samples: Float32Array }): string =>
  createHash('sha256').update(new Uint8Array(samples.buffer)).digest('hex');
const draws = (name: string) => namedDraws(1, name);
const rms = (x: ArrayLike<number>): number => Math.sqrt(Array.from(x).reduce((sum, v) => sum + v * v, 0) / x.length);
const impulse = (): Float32Array => Float32Array.from({ length: 8000 }, (_, i) => (i === 3000 ? 1 : 0));
const loudestAt = (x: Float32Array): number =>
  x.reduce((best, v, i) => (Math.abs(v) > Math.abs(x[best]) ? i : best), 0);

describe('the phone corpus', () => {
  test('gives the same clips for a seed, others for another, and keeps them when more are asked for', async () => {
    const [two, three, other] = [
      await corpus('kal16', 2),
      await corpus('kal16', 3),
      await corpus('kal16', 2, { seed: 2 }),
    ];
    expect(three.audio.slice(0, 2).map(digest)).toEqual(two.audio.map(digest));
    expect(three.timings.slice(0, 2)).toEqual(two.timings);
    expect(other.audio.map(digest)).not.toEqual(two.audio.map(digest));
    expect(three.audio).toHaveLength(3);
  });

  test.each(TRAINING_VOICES)(
    'times the phones of %s where they are heard, whatever its tract and pace',
    async (voice) => {
      const { audio, timings } = await corpus(voice, 6, { recordings: 0 });
      for (const [k, { samples, sampleRate }] of audio.entries()) {
        const { phones } = timings[k];
        expect(sampleRate).toBe(RATE);
        expect(phones[0].start).toBe(0);
        phones.slice(1).forEach(({ start }, i) => expect(start).toBeCloseTo(phones[i].end, 9));
        expect(phones.at(-1)?.end).toBeLessThanOrEqual(samples.length / RATE + 1e-9);
        // The middle of each, so that the neighbours are not heard.
        const heard = (names: readonly string[]) =>
          phones
            .filter(({ phone }) => names.includes(phone))
            .flatMap(({ start, end }) => [
              ...samples.subarray((start + (end - start) / 3) * RATE, (end - (end - start) / 3) * RATE),
            ]);
        expect(rms(heard(['aa', 'ae', 'ah', 'ao', 'aw', 'ay', 'eh', 'ey', 'iy', 'ow']))).toBeGreaterThan(
          10 * rms(heard(['pau'])),
        );
      }
    },
  );

  test('says every English phone', async () => {
    const { timings } = await corpus('kal16', 60, { recordings: 0 });
    expect(new Set(timings.flatMap(({ phones }) => phones.map(({ phone }) => phone))).size).toBe(41);
  }, 120_000);

  test('never has the voice that encoders are judged by', () => {
    expect(() => phoneCorpusStage.params.parse({ voice: 'awb' })).toThrow(/voice/);
    expect(TRAINING_VOICES).not.toContain('awb');
  });

  test.each([
    ['known', madeSentence],
    ['strange', strangeSentence],
  ])('in %s words says nothing that the written corpus says, and seldom one thing twice', (_kind, sentence) => {
    const made = Array.from({ length: 3000 }, (_, i) => sentence(draws(`sentence ${i}`)));
    const written = new Set(Object.values(SENTENCES).flat());
    expect(made.filter((text) => written.has(text))).toEqual([]);
    expect(made.filter((text) => !/^[A-Z][\x20-\x7e]*[.?]$/.test(text))).toEqual([]);
    expect(new Set(made).size).toBeGreaterThan(2950);
  });
});

describe('what recording does to a sound', () => {
  test('a room rings after a sound, and delays nothing', () => {
    for (let i = 0; i < 5; i++) {
      const room = roomResponse(draws(`room ${i}`));
      const heard = filtered(impulse(), room, undefined);
      expect(loudestAt(heard)).toBe(3000);
      expect(rms(heard.subarray(0, 3000))).toBeLessThan(1e-6);
      expect(rms(heard.subarray(3001))).toBeGreaterThan(1e-4);
      // ISO 3382's measure: the last tenth of the response holds less than a thousandth of the first's amplitude.
      const tenth = Math.floor(room.length / 10);
      expect(rms(room.subarray(room.length - tenth))).toBeLessThan(0.02 * rms(room.subarray(tenth, 2 * tenth)));
    }
  });

  test('a line changes the spectrum by what it says, and delays nothing', () => {
    const line = lineResponse(draws('line'));
    const heard = filtered(impulse(), undefined, line);
    expect(loudestAt(heard)).toBe(3000);
    const at = 3000;
    for (let i = 1; i < 200; i++) expect(heard[at - i]).toBeCloseTo(heard[at + i], 5);
    // A tone of 1 kHz comes out as loud as the line says.
    const tone = Float32Array.from({ length: RATE }, (_, i) => Math.sin((2 * Math.PI * 1000 * i) / RATE));
    const gain = rms(filtered(tone, undefined, line).subarray(4000, 12_000)) / rms(tone);
    expect(20 * Math.log10(gain)).toBeCloseTo(line(1000), 1);
  });

  test('noise comes at the ratio that is asked for', () => {
    const noise = coloredNoise(RATE, draws('noise'));
    expect(rms(noise)).toBeCloseTo(1, 5);
    const clean = Float32Array.from(seededNormals(RATE, 3), (x) => 0.1 * x);
    const added = withNoise(clean, noise, 10).map((x, i) => x - clean[i]);
    expect(20 * Math.log10(rms(clean) / rms(added))).toBeCloseTo(10, 3);
  });

  test('eight bits of µ-law lose at most 5 % of a sample that is not faint', () => {
    const loud = Float32Array.from({ length: 199 }, (_, i) => (i - 99) / 100).filter((x) => Math.abs(x) > 0.05);
    companded(loud).forEach((x, i) => expect(Math.abs(x - loud[i])).toBeLessThan(0.05 * Math.abs(loud[i])));
    expect(companded(Float32Array.of(2, -2))).toEqual(Float32Array.of(1, -1));
  });

  test('a coarse codec is the identity at fine steps, and loses what is faint at a low threshold', () => {
    const sound = Float32Array.from(seededNormals(8192, 5), (x) => 0.1 * x);
    const inner = (x: Float32Array): Float32Array => x.subarray(512, 7168);
    const lost = (x: Float32Array): number => rms(inner(x).map((v, i) => v - inner(sound)[i])) / rms(inner(sound));
    expect(lost(coarselyCoded(sound, 300, 1e-3))).toBeLessThan(1e-3);
    expect(lost(coarselyCoded(sound, 4, 6))).toBeGreaterThan(0.1);
  });
});
