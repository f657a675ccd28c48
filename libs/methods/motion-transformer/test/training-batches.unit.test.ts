import { beforeEach, describe, expect, test } from 'vitest';
import { createRng } from '@soliloquy/tensor';
import { cosineSchedule } from '../src/index.ts';
import { standardise } from '../src/standardise.ts';
import { trainingBatches, UNHEARD, type TrainingBatch } from '../src/training-batches.ts';

const SIZE = { batch: 4, frames: 3, latent: 2, audio: 3, audioNoise: 0.6 };
const STEPS = 50;
/** Numbers that say clip, way, frame and column, so that a sequence tells where it is from. */
const clips = [5, 3, 9].map((frames, clip) => ({
  frames,
  latents: Array.from({ length: clip + 1 }, (_, way) =>
    Float32Array.from({ length: frames * 2 }, (__, i) => 1000 * clip + 100 * way + Math.floor(i / 2) + 0.5 * (i % 2)),
  ),
  condition: Float32Array.from({ length: frames * 3 }, (_, i) => 1000 * clip + Math.floor(i / 3) + 0.25 * (i % 3)),
}));
const schedule = cosineSchedule(STEPS);
/** Every sequence of some batches. */
const sequencesOf = (batches: readonly TrainingBatch[]) =>
  batches.flatMap(({ clean, x, audio, tau, start }) =>
    Array.from({ length: SIZE.batch }, (_, b) => ({
      clean: [...clean.data.slice(b * 6, b * 6 + 6)],
      x: [...x.data.slice(b * 6, b * 6 + 6)],
      audio: [...audio.data.slice(b * 9, b * 9 + 9)],
      tau: tau.data[b],
      start: start.data[b],
    })),
  );
let many: TrainingBatch[];
let sequences: ReturnType<typeof sequencesOf>;
beforeEach(() => {
  many = Array.from({ length: 300 }, trainingBatches(clips, schedule, SIZE, createRng('batches')));
  sequences = sequencesOf(many);
});
const whereFrom = (first: number) => ({
  clip: Math.floor(first / 1000),
  way: Math.floor((first % 1000) / 100),
  frame: first % 100,
});

describe('batches of training', () => {
  test('have the shapes that they say', () => {
    const { clean, x, audio, tau, start } = many[0];
    expect([clean, x, audio, tau, start].map(({ shape }) => shape)).toEqual([
      [4, 3, 2],
      [4, 3, 2],
      [4, 3, 3],
      [4],
      [4],
    ]);
  });

  test('are whole stretches of one clip in one of its ways, from its first frame to its last', () => {
    const seen = new Set<string>();
    for (const { clean } of sequences) {
      const { clip, way, frame } = whereFrom(clean[0]);
      expect(clean).toEqual([...clips[clip].latents[way].slice(frame * 2, (frame + SIZE.frames) * 2)]);
      seen.add(`${clip} ${way} ${frame}`);
    }
    // 3 starts in one way, 1 start in two ways, 7 starts in three ways
    expect(seen.size).toBe(3 + 2 + 21);
  });

  test('hear the frames that they show, with noise of the deviation that is said, or nothing at all', () => {
    let squares = 0;
    let count = 0;
    let silent = 0;
    for (const { clean, audio } of sequences) {
      const { clip, frame } = whereFrom(clean[0]);
      if (audio.every((value) => value === 0)) {
        silent++;
        continue;
      }
      const own = clips[clip].condition.slice(frame * 3, (frame + SIZE.frames) * 3);
      audio.forEach((value, i) => (squares += (value - own[i]) ** 2));
      count += audio.length;
    }
    expect(Math.sqrt(squares / count) / SIZE.audioNoise).toBeGreaterThan(0.95);
    expect(Math.sqrt(squares / count) / SIZE.audioNoise).toBeLessThan(1.05);
    expect(silent / sequences.length).toBeGreaterThan(UNHEARD - 0.03);
    expect(silent / sequences.length).toBeLessThan(UNHEARD + 0.03);
    expect(UNHEARD).toBe(0.1);
  });

  test('are noisy by the schedule: x − √ᾱ x_t has the deviation √(1 − ᾱ), at every noise step', () => {
    const shares: number[] = [];
    for (const { clean, x, tau } of sequences) {
      const signal = Math.sqrt(schedule.alphaBar[tau]);
      const noise = Math.sqrt(1 - schedule.alphaBar[tau]);
      // The numbers of clip 0 are small enough for f32 to keep the noise beside them.
      if (whereFrom(clean[0]).clip === 0)
        shares.push(x.reduce((sum, value, i) => sum + ((value - signal * clean[i]) / noise) ** 2, 0) / x.length);
    }
    const mean = shares.reduce((sum, value) => sum + value, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.9);
    expect(mean).toBeLessThan(1.1);
    const steps = new Set(sequences.map(({ tau }) => tau));
    expect(steps.size).toBe(STEPS);
    expect(Math.max(...steps)).toBe(STEPS - 1);
    expect(Math.min(...steps)).toBe(0);
  });

  test('start their position codes at any whole number below 1000', () => {
    const starts = sequences.map(({ start }) => start);
    expect(starts.every((start) => Number.isInteger(start) && start >= 0 && start < 1000)).toBe(true);
    expect(Math.max(...starts)).toBeGreaterThan(950);
    expect(Math.min(...starts)).toBeLessThan(50);
  });

  test('are the same for the same seed, one by one', () => {
    const again = trainingBatches(clips, schedule, SIZE, createRng('batches'));
    expect([again(), again()]).toEqual(many.slice(0, 2));
    expect(trainingBatches(clips, schedule, SIZE, createRng('other'))()).not.toEqual(many[0]);
  });
});

test('columns are standardised over all clips, in place', () => {
  const given = [
    [1, 10, 2, 10],
    [3, 10, 6, 10, 8, 10],
  ].map((values) => Float32Array.from(values));
  const { mean, scale } = standardise(given, 2);
  const deviation = Math.sqrt((9 + 4 + 1 + 4 + 16) / 5);
  expect(mean[0]).toBeCloseTo(4, 6);
  expect(mean[1]).toBeCloseTo(10, 6);
  expect(scale[0]).toBeCloseTo(deviation + 1e-3, 5);
  expect(scale[1]).toBeCloseTo(1e-3, 5);
  const wanted = [
    [-3, 0, -2, 0],
    [-1, 0, 2, 0, 4, 0],
  ];
  wanted.forEach((row, clip) =>
    row.forEach((value, i) => expect(given[clip][i]).toBeCloseTo(value / (deviation + 1e-3), 4)),
  );
});
