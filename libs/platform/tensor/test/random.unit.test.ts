import { expect, test } from 'vitest';
import { createRng } from '../src/index.ts';
import { philoxBlock } from '../src/random.ts';

test('Philox4x32-10 gives the known answers of Random123', () => {
  const hex = (counter: readonly [number, number, number, number], key: readonly [number, number]) =>
    [...philoxBlock(counter, key)].map((word) => word.toString(16).padStart(8, '0')).join(' ');
  expect(hex([0, 0, 0, 0], [0, 0])).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
  expect(hex([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toBe(
    '408f276d 41c83b0e a20bc7c6 6d5451fd',
  );
  expect(hex([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toBe(
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  );
});

test('a stream depends on seed and name, not on what other streams drew', () => {
  const one = createRng(7);
  one.normal([100]);
  expect(one.fork('a').normal([5])).toEqual(createRng(7).fork('a').normal([5]));
  const draws = [
    createRng(7),
    createRng(8),
    createRng(7).fork('a'),
    createRng(7).fork('b'),
    createRng(7).fork('a').fork('b'),
    createRng('7x'),
  ].map((rng) => rng.uniform([4]).data.join());
  expect(new Set(draws).size).toBe(draws.length);
});

test('calls on one stream go on, and never repeat', () => {
  const rng = createRng(1);
  const values = [...rng.uniform([7]).data, ...rng.uniform([7]).data, ...rng.uniform([500]).data];
  expect(new Set(values).size).toBeGreaterThan(512);
});

test('values have the moments of their distributions', () => {
  const rng = createRng('moments');
  const count = 200_000;
  const moments = (data: Iterable<number>) => {
    let [sum, square, cube, fourth] = [0, 0, 0, 0];
    for (const x of data) {
      sum += x;
      square += x * x;
      cube += x ** 3;
      fourth += x ** 4;
    }
    return [sum / count, square / count, cube / count, fourth / count];
  };
  const normal = moments(rng.normal([count]).data);
  [0, 1, 0, 3].forEach((want, i) => expect(Math.abs(normal[i] - want)).toBeLessThan([0.01, 0.015, 0.04, 0.1][i]));
  const uniform = rng.uniform([count]).data;
  [1 / 2, 1 / 3, 1 / 4, 1 / 5].forEach((want, i) => expect(Math.abs(moments(uniform)[i] - want)).toBeLessThan(0.004));
  expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
  const counts = new Array<number>(7).fill(0);
  for (const x of rng.integers([count], 7).data) counts[x]++;
  for (const n of counts) expect(Math.abs(n / count - 1 / 7)).toBeLessThan(0.004);
});

test('an odd number of normal values is the even draw without its last', () => {
  expect(createRng(3).normal([7]).data).toEqual(createRng(3).normal([8]).data.slice(0, 7));
});
