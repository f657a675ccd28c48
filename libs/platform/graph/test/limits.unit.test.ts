import { describe, expect, test } from 'vitest';
import { beyondLimits } from '../src/limits.ts';

const many = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, i]));
const list = (count: number): number[] => new Array<number>(count).fill(0);

describe('a document', () => {
  test.each<[string, (count: number) => unknown, number]>([
    ['inputs', many, 1000],
    ['nodes', many, 2000],
    ['edges', list, 10_000],
    ['outputs', many, 2000],
    ['sizes', many, 100],
    ['expect', list, 2000],
    ['cells', list, 1000],
    ['groups', list, 1000],
    ['comments', list, 1000],
    ['layout', many, 4000],
  ])('has so many %s at most', (key, make, most) => {
    expect(beyondLimits({ name: 'a', [key]: make(most) })).toEqual([]);
    expect(beyondLimits({ name: 'a', [key]: make(most + 1) })).toEqual([
      {
        code: 'graph.bad-value',
        path: [key],
        where: key,
        expected: `at most ${most}`,
        got: `${most + 1}`,
        remedy: 'split the graph',
      },
    ]);
  });

  test.each(['inputs', 'nodes', 'outputs', 'sizes'])('has %s whose names have 120 characters at most', (key) => {
    const [fits, long] = ['n'.repeat(120), 'n'.repeat(121)];
    expect(beyondLimits({ [key]: { a: 1, [fits]: 1 } })).toEqual([]);
    expect(beyondLimits({ [key]: { a: 1, [long]: 1 } })).toEqual([
      {
        code: 'graph.bad-value',
        path: [key, long],
        where: `${key}.${'n'.repeat(20)}…`,
        expected: 'a name of at most 120 characters',
        got: '121',
        remedy: 'shorten it',
      },
    ]);
  });

  test('has places of inputs, whose names are longer by what says so', () => {
    const place = (length: number): object => ({ layout: { [`inputs.${'n'.repeat(length)}`]: [0, 0] } });
    expect(beyondLimits(place(120))).toEqual([]);
    expect(beyondLimits(place(121))).toMatchObject([{ path: ['layout', expect.any(String)], got: '128' }]);
  });

  test('has a name of its own of 120 characters at most', () => {
    expect(beyondLimits({ name: 'a'.repeat(120) })).toEqual([]);
    expect(beyondLimits({ name: 'a'.repeat(121) })).toMatchObject([{ path: ['name'], where: 'name', got: '121' }]);
    expect(beyondLimits({ title: 'a'.repeat(121) })).toEqual([]);
  });

  test('is told everything at once, and what is no such part is left to its schema', () => {
    expect(beyondLimits({ name: 'a'.repeat(121), sizes: many(101), cells: list(2001) })).toHaveLength(3);
    for (const value of [null, undefined, 3, 'name', list(60_000), { nodes: null, edges: 3, toString: many(3) }])
      expect(beyondLimits(value)).toEqual([]);
    // No names are looked at in what has none.
    expect(beyondLimits({ cells: { ['n'.repeat(121)]: 1 }, other: { ['n'.repeat(121)]: 1 } })).toEqual([]);
  });
});
