import { describe, expect, it } from 'vitest';
import { restoreVariance, varianceOverTime } from '../src/global-variance.ts';

const FRAMES = 50;
/** f32 [FRAMES, 4]: two parts of two columns, about means of their own */
const motion = (first: number, second: number): Float32Array =>
  Float32Array.from({ length: FRAMES * 4 }, (_, i) => {
    const [frame, column] = [Math.floor(i / 4), i % 4];
    return column + (column < 2 ? first : second) * Math.sin(frame * (0.3 + 0.1 * column));
  });
const clips = Float32Array.from(varianceOverTime(motion(1, 1), FRAMES));
const spread = (data: Float32Array, part: number): number => varianceOverTime(data, FRAMES).subarray(2 * part, 2 * part + 2).reduce((sum, x) => sum + x, 0) / (clips[2 * part] + clips[2 * part + 1]);

describe('variance of motion', () => {
  it('becomes that of the clips, part by part, about the same mean', () => {
    const data = motion(0.8, 1.3);
    const before = [0, 1, 2, 3].map((column) => data.filter((_, i) => i % 4 === column).reduce((sum, x) => sum + x, 0));
    restoreVariance(data, FRAMES, clips, 2);
    expect(spread(data, 0)).toBeCloseTo(1, 5);
    expect(spread(data, 1)).toBeCloseTo(1, 5);
    [0, 1, 2, 3].forEach((column) => expect(data.filter((_, i) => i % 4 === column).reduce((sum, x) => sum + x, 0)).toBeCloseTo(before[column], 3));
  });

  it('is changed by no more than the largest factor, and stillness stays still', () => {
    const data = motion(0.1, 0);
    restoreVariance(data, FRAMES, clips, 2);
    expect(spread(data, 0)).toBeCloseTo(0.1 ** 2 * 1.4 ** 2, 5);
    expect(spread(data, 1)).toBe(0);
  });
});
