import { describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import { onsetTimes } from '../src/index.ts';

/** Bursts of a tone or of noise at known times, each dying away before the next. */
function bursts(times: readonly number[], sampleRate: number, sound: (t: number) => number): Float32Array {
  const samples = new Float32Array(4 * sampleRate);
  for (const time of times)
    for (let i = 0; i < 0.35 * sampleRate; i++)
      samples[Math.round(time * sampleRate) + i] += 0.5 * Math.exp(-i / (0.025 * sampleRate)) * sound(i / sampleRate);
  return samples;
}
const TIMES = [0.5, 0.83, 1.4, 1.76, 2.2, 3.05];
const random = seededRandom(4);
const SOUNDS = {
  tone: (t: number) => Math.sin(2 * Math.PI * 440 * t),
  noise: () => 2 * random() - 1,
};

describe.each([8000, 16_000, 44_100])('at %d Hz', (sampleRate) => {
  test.each(Object.entries(SOUNDS))(
    'bursts of %s begin where they begin, within 30 ms, and nothing else does',
    (_, sound) => {
      const onsets = onsetTimes({ sampleRate, samples: bursts(TIMES, sampleRate, sound) });
      expect(onsets).toHaveLength(TIMES.length);
      onsets.forEach((onset, i) => expect(Math.abs(onset - TIMES[i])).toBeLessThan(0.03));
    },
  );
});

test('a sound that is half as loud has the same onsets', () => {
  const samples = bursts(TIMES, 16_000, SOUNDS.tone);
  const soft = samples.map((value) => value / 2);
  expect(onsetTimes({ sampleRate: 16_000, samples: soft })).toEqual(onsetTimes({ sampleRate: 16_000, samples }));
});

test('silence has none, nor has a sound of no length', () => {
  expect(onsetTimes({ sampleRate: 16_000, samples: new Float32Array(16_000) })).toEqual([]);
  expect(onsetTimes({ sampleRate: 16_000, samples: new Float32Array(0) })).toEqual([]);
});
