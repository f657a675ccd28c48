import { expect, test } from 'vitest';
import { findCuts } from '../src/film-cuts.ts';

test('a cut takes one frame, a movement several, a frame that is shown twice is neither', () => {
  const frame = (shift: number): Float32Array =>
    Float32Array.from({ length: 1024 }, (_, i) => 0.5 + 0.3 * Math.sin(((i % 32) + shift) / 3));
  const walk = Array.from({ length: 40 }, (_, f) => frame(f < 10 ? 0 : f < 20 ? 0.3 * (f - 10) : 3));
  expect(findCuts(walk)).toEqual([]);
  const jumped = Array.from({ length: 40 }, (_, f) => frame((f < 25 ? 0 : 1) + 0.05 * f));
  expect(findCuts(jumped)).toEqual([25]);
  const doubled = Array.from({ length: 40 }, (_, f) => frame(0.1 * 2 * Math.floor(f / 2)));
  expect(findCuts(doubled)).toEqual([]);
});
