import { describe, expect, test } from 'vitest';
import { seededRandom } from '@soliloquy/testing';
import { farthestPointSampling } from '../src/index.ts';

function points(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * 3 }, () => random());
}
const all = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);
const distance = (values: Float32Array, a: number, b: number): number =>
  Math.hypot(
    values[a * 3] - values[b * 3],
    values[a * 3 + 1] - values[b * 3 + 1],
    values[a * 3 + 2] - values[b * 3 + 2],
  );

describe.each([1, 2, 3])('of 120 points drawn with seed %i', (seed) => {
  const cloud = points(120, seed);
  const chosen = farthestPointSampling(cloud, all(120), 20);

  test('the choice is of distinct points, and the first k are the choice of k', () => {
    expect(new Set(chosen).size).toBe(20);
    expect(farthestPointSampling(cloud, all(120), 7)).toEqual(chosen.slice(0, 7));
  });

  test('each next point is the one farthest from those before it', () => {
    for (let k = 1; k < chosen.length; k++) {
      const reach = (index: number): number =>
        Math.min(...Array.from(chosen.subarray(0, k), (other) => distance(cloud, index, other)));
      const farthest = Math.max(...Array.from(all(120), reach));
      expect(reach(chosen[k])).toBeCloseTo(farthest, 6);
    }
  });

  test('no two chosen points are nearer than any point is to its nearest chosen one', () => {
    const nearest = (index: number, among: Int32Array): number =>
      Math.min(...Array.from(among, (other) => (other === index ? Infinity : distance(cloud, index, other))));
    const covering = Math.max(
      ...Array.from(
        all(120).filter((index) => !chosen.includes(index)),
        (index) => nearest(index, chosen),
      ),
    );
    const packing = Math.min(...Array.from(chosen, (index) => nearest(index, chosen)));
    expect(packing).toBeGreaterThanOrEqual(covering - 1e-6);
  });

  test('only candidates are chosen, whatever else is there', () => {
    const odd = all(120).filter((index) => index % 2 === 1);
    const among = farthestPointSampling(cloud, odd, 15);
    expect([...among].every((index) => index % 2 === 1)).toBe(true);
    const moved = cloud.map((value, i) => (Math.floor(i / 3) % 2 === 0 ? 100 * value : value));
    expect(farthestPointSampling(moved, odd, 15)).toEqual(among);
  });
});

test('the first point is the one nearest to the centroid', () => {
  const line = Float32Array.from([0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 9, 0, 0]);
  expect([...farthestPointSampling(line, all(5), 3)]).toEqual([3, 4, 0]);
});

test('more than there are gives all of them once, also where points coincide', () => {
  const twins = Float32Array.from([0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
  expect([...farthestPointSampling(twins, all(4), 9)].sort()).toEqual([0, 1, 2, 3]);
});

test('no candidates, no points', () => {
  expect(farthestPointSampling(points(5, 1), new Int32Array(0), 3)).toHaveLength(0);
});
