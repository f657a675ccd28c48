import { describe, expect, it } from 'vitest';
import { seededNormals } from '@soliloquy/testing';
import { oneEuro, smoothPoints } from '../src/smooth-points.ts';

const FPS = 25;
const smoothing = { cutoff: 1.5, slope: 40, unit: 50 };

/** One point whose x is given, at y 0. */
function tracks(xs: readonly number[], visibility = xs.map(() => 1)) {
  return {
    frames: xs.length,
    points: 1,
    fps: FPS,
    positions: Float32Array.from(xs.flatMap((x) => [x, 0])),
    visibility: Float32Array.from(visibility),
  };
}
const xsOf = (positions: Float32Array): number[] => Array.from(positions).filter((_, i) => i % 2 === 0);
const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

describe('the One Euro filter', () => {
  it('is that of the paper, by hand', () => {
    // share(f) = 1 / (1 + 10 / (2π f)). Speed share(1) · 10 = 3.858695, cutoff 1 + 3.858695 / 2 = 2.929348.
    const [first, second, third] = oneEuro([0, 1, 1], 10, { cutoff: 1, slope: 0.5 });
    expect(first).toBe(0);
    expect(second).toBeCloseTo(0.6479572, 6);
    // Speed 3.858695 · (1 − share(1)) = 2.369742, cutoff 2.184871, its share 0.578556.
    expect(third).toBeCloseTo(0.8516337, 6);
  });

  it('what rests trembles less than half as much', () => {
    const noise = Array.from(seededNormals(200, 5), (value) => 300 + 0.2 * value);
    const smooth = xsOf(smoothPoints(tracks(noise), smoothing));
    expect(deviation(smooth)).toBeLessThan(0.5 * deviation(noise));
  });

  it('lips that open four times a second keep nine tenths of their way, and are not late', () => {
    const lips = Array.from({ length: 100 }, (_, i) => 100 + 8 * Math.sin((2 * Math.PI * 4 * i) / FPS + 0.3));
    const smooth = xsOf(smoothPoints(tracks(lips), smoothing));
    const middle = (values: number[]): number[] => values.slice(20, 80).map((value) => value - 100);
    const [before, after] = [middle(lips), middle(smooth)];
    expect(deviation(after) / deviation(before)).toBeGreaterThan(0.9);
    const alike = (lag: number): number =>
      after.slice(2, -2).reduce((sum, value, i) => sum + value * before[i + 2 + lag], 0);
    expect([-2, -1, 0, 1, 2].map(alike).indexOf(Math.max(...[-2, -1, 0, 1, 2].map(alike)))).toBe(2);
  });

  it('a gap begins anew: nothing is drawn over it, and what is not seen stays', () => {
    const xs = [10, 10, 10, 0, 400, 400, 400];
    const seen = [1, 1, 1, 0, 1, 1, 1];
    expect(xsOf(smoothPoints(tracks(xs, seen), smoothing))).toEqual(xs);
  });
});
