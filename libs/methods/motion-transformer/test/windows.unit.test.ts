import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planWindows } from '../src/windows.ts';

describe('windows over a long voice', () => {
  test('cover every frame, stay inside, and overlap by at least what was asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 80 }),
        (T, more, overlap) => {
          const frames = T + more;
          const windows = planWindows(frames, T, overlap);
          expect(windows[0].start).toBe(0);
          expect(windows.at(-1)!.start + T).toBe(frames);
          for (let i = 1; i < windows.length; i++)
            expect(windows[i - 1].start + T - windows[i].start).toBeGreaterThanOrEqual(
              Math.min(overlap, Math.floor(T / 2)),
            );
          expect(Math.min(...windows.flatMap(({ weights }) => [...weights]))).toBeGreaterThan(0);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  test('fade linearly where another window goes on, and not at the ends of the voice', () => {
    const [first, middle, last] = planWindows(14, 6, 2);
    expect([first.start, middle.start, last.start]).toEqual([0, 4, 8]);
    const third = (values: readonly number[]): Float32Array => Float32Array.from(values, (value) => value / 3);
    expect(first.weights).toEqual(third([3, 3, 3, 3, 2, 1]));
    expect(middle.weights).toEqual(third([1, 2, 3, 3, 2, 1]));
    expect(last.weights).toEqual(third([1, 2, 3, 3, 3, 3]));
  });

  test('are one window for a voice that is no longer than it, and share at most half', () => {
    expect(planWindows(6, 6, 2)).toEqual([{ start: 0, weights: new Float32Array(6).fill(1) }]);
    expect(planWindows(7, 6, 40).map(({ start }) => start)).toEqual([0, 1]);
    expect(planWindows(12, 6, 40).map(({ start }) => start)).toEqual([0, 3, 6]);
    expect(planWindows(12, 6, 0).map(({ start }) => start)).toEqual([0, 6]);
    expect(planWindows(13, 6, 0)).toHaveLength(3);
  });
});
