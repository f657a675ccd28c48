import { describe, expect, test } from 'vitest';
import { resample, ResampleStream } from '../src/resample-stream.ts';

const chirp = (rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 900 * i * i) / (rate * rate)));

describe('a sound that goes on, at another rate', () => {
  test.each([
    [8000, 16_000],
    [44_100, 16_000],
    [48_000, 16_000],
    [192_000, 16_000],
    [16_000, 16_000],
  ])('from %i to %i Hz has the samples of the whole, in whatever pieces it comes', (from, to) => {
    const samples = chirp(from, 1);
    const whole = resample({ sampleRate: from, samples }, to).samples;
    for (const piece of [1, 128, 1000, samples.length].filter((size) => samples.length / size < 60_000)) {
      const stream = new ResampleStream(from, to);
      const out: number[] = [];
      for (let at = 0; at < samples.length; at += piece) out.push(...stream.push(samples.subarray(at, at + piece)));
      // What the end of the sound is made of is not there yet: 48 samples of the lower rate.
      expect(whole.length - out.length).toBeLessThanOrEqual(from === to ? 0 : Math.ceil(49 * Math.max(1, to / from)));
      expect(Float32Array.from(out)).toEqual(whole.slice(0, out.length));
    }
  });
});
