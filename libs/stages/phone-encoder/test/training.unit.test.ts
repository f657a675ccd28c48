import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { phoneEncoder } from '@soliloquy/speech-features/port';
import { createRng } from '@soliloquy/tensor';
import { stageContext } from '@soliloquy/testing';
import { run } from '../src/backbones/time-delay.ts';
import { phoneEncoderTrainingStage } from '../src/index.ts';
import { timedClip } from '../src/timed-clips.ts';
import { trainingSequences } from '../src/training-sequences.ts';

const RATE = 16_000;
const HEARD = 41;

/** Two seconds of four "phones": tones of their own between pauses, in an order of its own for each clip. */
function toneClip(seed: string) {
  const rng = createRng(seed);
  const swell = rng
    .fork('swell')
    .uniform([20])
    .data.map((x) => 0.1 + x);
  const tones = { aa: 400, iy: 900, s: 4000, m: 200 } as const;
  const names = [
    'pau',
    ...Array.from({ length: 8 }, () => Object.keys(tones)[Math.floor(4 * rng.uniform([1]).data[0])]),
  ];
  const phones = names.map((phone, i) => ({ phone, start: i * 0.22, end: (i + 1) * 0.22 }));
  const samples = Float32Array.from({ length: 2 * RATE }, (_, i) => {
    const { phone } = phones[Math.min(8, Math.floor(i / RATE / 0.22))];
    const hertz = (tones as Record<string, number>)[phone] ?? 0;
    // How loud it is tells every time from every other.
    const loudness = 0.3 * swell[Math.floor(i / 1600)];
    return loudness * Math.sin((2 * Math.PI * hertz * i) / RATE);
  });
  return { audio: { sampleRate: RATE, samples }, timings: { phones } };
}
const clips = Array.from({ length: 4 }, (_, i) => toneClip(`clip ${i}`));
const learn = (given: Record<string, unknown> = {}, ctx = stageContext(), from = clips) => {
  const all = { steps: 4, batch: 4, moments: 12, width: 12, code: 6, blocks: 2, ...given };
  return run(
    { audio: from.map(({ audio }) => audio), timings: from.map(({ timings }) => timings) },
    {
      ...phoneEncoderTrainingStage.params.parse(all),
      ...phoneEncoderTrainingStage.backbones['time-delay'].params.parse(all),
    },
    ctx,
  );
};
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('training', () => {
  let trained: Awaited<ReturnType<typeof learn>>;
  const ctx = stageContext({ seed: 3 });
  beforeAll(async () => {
    trained = await learn({}, ctx);
  });

  test('gives a model that its port takes, and a card that says how it was made', async () => {
    const { card } = await phoneEncoder.decode(await phoneEncoder.encode(trained.model));
    expect(card).toMatchObject({
      steps: 4,
      seed: 3,
      threads: 1,
      clips: 4,
      seconds: 8,
      lookAhead: 80,
      code: 6,
      width: 12,
    });
    expect(card).toMatchObject(trained.metrics.values);
    expect(trained.metrics.curves?.loss).toHaveLength(4);
    expect(ctx.scalars.filter(({ name }) => name === 'accuracy')).toHaveLength(4);
  });

  test('gives the same bytes for the same seed, others for another', async () => {
    const networkOf = async (seed: number) =>
      digest((await learn({}, stageContext({ seed }))).model.files['encoder.onnx']);
    expect(await networkOf(3)).toBe(digest(trained.model.files['encoder.onnx']));
    expect(await networkOf(4)).not.toBe(digest(trained.model.files['encoder.onnx']));
  }, 120_000);

  test('learns to name what is heard', async () => {
    const { metrics } = await learn({ steps: 150, batch: 12, width: 24, code: 12, learningRate: 0.01 });
    expect(metrics.values.accuracy).toBeGreaterThan(0.75);
    expect(trained.metrics.values.accuracy).toBeLessThan(0.6);
  }, 120_000);

  test('stops where it is cancelled', async () => {
    const stop = new AbortController();
    const cancelled = stageContext({
      signal: stop.signal,
      progress: (done) => done === 2 && stop.abort(new Error('enough')),
    });
    await expect(learn({ steps: 1000 }, cancelled)).rejects.toThrow('enough');
  }, 120_000);

  test('refuses a missing timing and a phone of another set, each by its name', async () => {
    const refused = (given: Parameters<typeof run>[0]) =>
      expect(
        run(
          given,
          {
            ...phoneEncoderTrainingStage.params.parse({ steps: 1 }),
            ...phoneEncoderTrainingStage.backbones['time-delay'].params.parse({}),
          },
          stageContext(),
        ),
      ).rejects;
    const [{ audio, timings }] = clips;
    await refused({ audio: [audio, audio], timings: [timings] }).toThrow(
      'phone-encoder-training.timings: expected 2 timings, one for each voice, got 1; ',
    );
    const strange = { phones: [{ phone: 'qq', start: 0, end: 1 }] };
    await refused({ audio: [audio, audio], timings: [timings, strange] }).toThrow(
      /^phone-encoder-training\.timings\[1\]: expected phones of US English .* got qq; /,
    );
  });
});

describe('sequences', () => {
  const BEFORE = 9;
  const learned = clips.map(({ audio, timings }, i) => timedClip(audio, timings, i, { before: BEFORE, atLeast: 37 }));
  const size = { batch: 3, moments: 10, before: BEFORE, lookAhead: 80 };

  test('are the same for the same step, others for another, so that a training can go on', () => {
    const [a, b] = [1, 2].map(() => trainingSequences(learned, size, createRng('sequences')));
    expect(a(5)).toEqual(b(5));
    expect(a(5).heard.data).not.toEqual(a(6).heard.data);
  });

  test('ask for what was said 80 ms before each moment', () => {
    const { heard, phones } = trainingSequences(learned, size, createRng('late'))(0);
    const length = BEFORE + 1 + 9 * 4;
    expect(heard.shape).toEqual([3, length, HEARD]);
    expect(phones.shape).toEqual([3, 10, 41]);
    for (let b = 0; b < 3; b++) {
      // Where in which clip it is cut from: how loud it is stays, but for a little noise.
      const row = (t: number): Float32Array =>
        heard.data.subarray((b * length + t) * HEARD, (b * length + t + 1) * HEARD);
      const places = learned.flatMap(({ hops, heard: own }, clip) =>
        Array.from({ length: hops - 36 }, (_, from) => {
          let distance = 0;
          for (let t = 0; t < length; t++) distance += (row(t)[HEARD - 1] - own[(from + t) * HEARD + HEARD - 1]) ** 2;
          return { clip, from, distance };
        }),
      );
      const { clip, from } = places.reduce((best, place) => (place.distance < best.distance ? place : best));
      for (let m = 0; m < 10; m++) {
        const asked = phones.data.subarray((b * 10 + m) * 41, (b * 10 + m + 1) * 41);
        expect(asked.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
        const hop = from + 4 * m - 8;
        expect(asked.indexOf(Math.max(...asked))).toBe(hop < 0 ? 0 : learned[clip].phones[hop]);
      }
    }
  });

  test('take a clip that is shorter than they are, with silence after it', () => {
    const [{ audio, timings }] = clips;
    const { hops, heard, phones } = timedClip(audio, timings, 0, { before: BEFORE, atLeast: 300 });
    expect([hops, heard.length, phones.length]).toEqual([300, (BEFORE + 300) * HEARD, 300]);
    expect(phones.subarray(205).every((phone) => phone === 0)).toBe(true);
    expect(heard[heard.length - 1]).toBeLessThan(-2);
  });

  test('know the phone at every hop from its times', () => {
    const [{ audio, timings }] = clips;
    const { hops, phones } = timedClip(audio, timings, 0, { before: 0, atLeast: 0 });
    expect(hops).toBe(200);
    for (const hop of [0, 21, 22, 43, 44, 100])
      expect(phones[hop] === 0).toBe(timings.phones[Math.floor(hop / 22)].phone === 'pau');
  });
});
