import { describe, expect, test } from 'vitest';
import { namedDraws, seededDraws, seededNormals, seededRandom } from '../src/index.ts';

/** mulberry32 with 64-bit integers: no trick of 32-bit arithmetic is shared with the code under test. */
function* reference(seed: number): Generator<number> {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  let state = word(BigInt(seed));
  for (;;) {
    state = word(state + 0x6d2b79f5n);
    let mixed = word((state ^ (state >> 15n)) * (state | 1n));
    mixed = word(mixed ^ word(mixed + word((mixed ^ (mixed >> 7n)) * (mixed | 61n))));
    yield Number(mixed ^ (mixed >> 14n)) / 2 ** 32;
  }
}

describe('seededRandom', () => {
  test.each([0, 1, 7, 2 ** 31, 2 ** 32 - 1, -5])('is mulberry32 for seed %i', (seed) => {
    const random = seededRandom(seed);
    const expected = reference(seed);
    for (let i = 0; i < 1000; i++) expect(random()).toBe(expected.next().value);
  });

  test('is uniform: each tenth of [0, 1) holds a tenth of the numbers, within five deviations', () => {
    const random = seededRandom(3);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random() * 10)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000));
  });
});

describe('draws', () => {
  test('index and pick stay in range and reach every item', () => {
    const random = seededDraws(5);
    const items = ['a', 'b', 'c', 'd'];
    expect(new Set(Array.from({ length: 200 }, () => random.pick(items)))).toEqual(new Set(items));
    expect(new Set(Array.from({ length: 200 }, () => random.index(3)))).toEqual(new Set([0, 1, 2]));
  });

  test('between keeps its bounds, around is symmetric and likelier near 0', () => {
    const random = seededDraws(6);
    const flat = Array.from({ length: 2000 }, () => random.between(-2, 6));
    expect(Math.min(...flat)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...flat)).toBeLessThan(6);
    const peaked = Array.from({ length: 20_000 }, () => random.around(4));
    expect(Math.abs(peaked.reduce((sum, x) => sum + x, 0) / peaked.length)).toBeLessThan(0.06);
    // A triangle over −4 … 4 has 7/16 of its area within −1 … 1; a uniform draw would have a quarter.
    expect(peaked.filter((x) => Math.abs(x) < 1).length / peaked.length).toBeCloseTo(7 / 16, 1);
    expect(Math.max(...peaked.map(Math.abs))).toBeLessThan(4);
  });

  test('shuffled keeps every item, leaves its argument alone and gives every order about as often', () => {
    const random = seededDraws(7);
    const items = [1, 2, 3];
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffled(items).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(items).toEqual([1, 2, 3]);
    expect([...orders.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('a name has a stream of its own, and the same one again', () => {
    const first = (seed: number, name: string): number[] => {
      const random = namedDraws(seed, name);
      return Array.from({ length: 4 }, () => random.next());
    };
    expect(first(1, 'face')).toEqual(first(1, 'face'));
    expect(first(1, 'face')).not.toEqual(first(1, 'lips'));
    expect(first(1, 'face')).not.toEqual(first(2, 'face'));
    // FNV-1a of 'a' with its usual basis is 0xe40c292c: seed 0 leaves the basis as it is.
    expect(first(0, 'a')[0]).toBe(seededRandom(0xe40c292c)());
  });
});

test('normals have mean 0 and deviation 1, and repeat', () => {
  const normals = seededNormals(20_000, 9);
  const mean = normals.reduce((sum, x) => sum + x, 0) / normals.length;
  const variance = normals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normals.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(variance - 1)).toBeLessThan(0.04);
  expect(seededNormals(20, 9)).toEqual(normals.slice(0, 20));
});
