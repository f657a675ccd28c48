import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planWindows } from '../src/motion-sampling/windows.ts';

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
});
