import { describe, expect, test } from 'vitest';
import { framesOf } from '../src/index.ts';

const RATE = 16_000;
const voice = (length: number, sampleRate = RATE) => ({ sampleRate, samples: { length } as Float32Array });

/** ⌈length · fps / rate⌉ in whole numbers, for fps of at most three decimals. */
const exactly = (length: number, fps: number, rate = RATE): number => {
  const per = 1000n * BigInt(rate);
  return Math.max(1, Number((BigInt(length) * BigInt(Math.round(fps * 1000)) + per - 1n) / per));
};

describe('a film as long as its voice', () => {
  test.each([24, 25, 30, 29.97, 50, 60, 23.976])('has ⌈seconds · fps⌉ frames at %s fps, to the sample', (fps) => {
    for (let length = 1; length <= 300 * RATE; length += 37)
      if (framesOf(voice(length), fps) !== exactly(length, fps))
        expect(framesOf(voice(length), fps), `${length} samples`).toBe(exactly(length, fps));
    for (let frame = 1; frame <= 300 * fps; frame++) {
      const last = Math.floor((frame * RATE) / fps);
      for (const length of [last - 1, last, last + 1])
        expect(framesOf(voice(length), fps), `${length} samples`).toBe(exactly(length, fps));
    }
  });

  test('has no frame more because 0.56 · 25 is a little more than 14 in doubles', () => {
    expect(framesOf(voice(8960), 25)).toBe(14);
    expect(framesOf(voice(8961), 25)).toBe(15);
  });

  test('has at least one frame', () => {
    expect(framesOf(voice(0), 25)).toBe(1);
    expect(framesOf(voice(100), 25)).toBe(1);
  });

  test.each([24, 25, 30, 29.97])(
    'has as many as films and motion had before there was one answer, 0.3 to 300 s at %s fps',
    (fps) => {
      for (let hundredths = 30; hundredths <= 30_000; hundredths++) {
        const length = Math.round((hundredths * RATE) / 100);
        const film = Math.max(1, Math.ceil((length / RATE) * fps - 1e-9));
        const motion = Math.max(1, Math.ceil((length / RATE) * fps - 1e-6));
        expect([film, motion]).toEqual([framesOf(voice(length), fps), framesOf(voice(length), fps)]);
      }
    },
  );
});
