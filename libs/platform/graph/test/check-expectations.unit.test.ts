import { expect, test } from 'vitest';
import { checkExpectations, type ElementMetrics } from '../src/index.ts';
import { graph } from './sample-graph.ts';

const one = (values: Record<string, number>): ElementMetrics[] => [{ element: {}, values }];
const along = (name: string, values: number[]): ElementMetrics[] =>
  values.map((value, item) => ({ element: { item }, values: { [name]: value } }));
const check = (expectation: Record<string, unknown>, metrics: Record<string, ElementMetrics[]>, size = 'small') =>
  checkExpectations(
    graph((g) => (g.expect = [expectation])),
    size,
    metrics,
  );

test('a bound holds at the bound itself and fails beyond it', () => {
  for (const [value, holds] of [
    [10, true],
    [9.99, false],
  ] as const) {
    expect(check({ metric: 'all.total', atLeast: 10 }, { all: one({ total: value }) })).toMatchObject([
      { metric: 'all.total', comparison: 'atLeast', actual: value, bound: 10, holds },
    ]);
  }
  expect(check({ metric: 'all.total', atMost: 10 }, { all: one({ total: 10 }) })[0]!.holds).toBe(true);
  expect(check({ metric: 'all.total', atMost: 10 }, { all: one({ total: 10.01 }) })[0]!.holds).toBe(false);
});

test('two bounds are two rows', () => {
  expect(
    check({ metric: 'all.total', atLeast: 0.5, atMost: 1.5 }, { all: one({ total: 2 }) }).map(({ holds }) => holds),
  ).toEqual([true, false]);
});

test('every element of an axis must hold, and the one that does not is named', () => {
  const rows = check({ metric: 'each.a:b/c.d', atLeast: 5 }, { each: along('a:b/c.d', [6, 4, 5]) });
  expect(rows.map(({ holds }) => holds)).toEqual([true, false, true]);
  expect(rows[1]!.message).toBe('each.a:b/c.d [item 2]: expected at least 5, got 4');
});

test('a bound may be another metric, at the same element or for all', () => {
  const metrics = { each: along('x', [1, 5]), all: one({ y: 3 }), last: along('z', [2, 4]) };
  expect(check({ metric: 'each.x', atMost: 'last.z' }, metrics).map(({ holds, bound }) => [holds, bound])).toEqual([
    [true, 2],
    [false, 4],
  ]);
  expect(check({ metric: 'each.x', atMost: 'all.y' }, metrics).map(({ holds }) => holds)).toEqual([true, false]);
  expect(check({ metric: 'all.y', atMost: 'each.x' }, metrics).map(({ holds, bound }) => [holds, bound])).toEqual([
    [false, 1],
    [true, 5],
  ]);
  expect(check({ metric: 'each.x', atMost: 'last.z' }, metrics)[1]!.message).toBe(
    'each.x [item 2]: expected at most last.z = 4, got 5',
  );
});

test('what is not there, or is no number, fails and says so', () => {
  const failing: [Record<string, unknown>, Record<string, ElementMetrics[]>, string][] = [
    [
      { metric: 'all.totl', atLeast: 1 },
      { all: one({ total: 2 }) },
      'no metric "totl" (it has total); did you mean "all.total"?',
    ],
    [{ metric: 'all.total', atLeast: 1 }, {}, 'no metrics of node "all"'],
    [{ metric: 'all.total', atLeast: 'each.x' }, { all: one({ total: 2 }) }, 'a bound that is not there'],
    [{ metric: 'all.total', atLeast: 1 }, { all: one({ total: NaN }) }, 'got NaN'],
    [{ metric: 'all.total', atLeast: 'all.bound' }, { all: one({ total: 1, bound: NaN }) }, 'all.bound = NaN'],
    [
      { metric: 'each.x', atLeast: 1 },
      {
        each: [
          { element: { item: 0 }, values: { x: 2 } },
          { element: { item: 1 }, values: {} },
        ],
      },
      'no metric "x" [item 2]',
    ],
    [
      { metric: 'each.x', atLeast: 'last.z' },
      { each: along('x', [1, 2]), last: along('z', [0]) },
      'no last.z at the same element [item 2]',
    ],
  ];
  for (const [expectation, metrics, part] of failing) {
    const failed = check(expectation, metrics).filter(({ holds }) => !holds);
    expect(failed).toHaveLength(1);
    expect(failed[0]!.message).toContain(part);
  }
});

test('an expectation of other sizes is not looked at', () => {
  expect(check({ metric: 'all.total', atLeast: 10, sizes: ['small'] }, {}, 'tiny')).toEqual([]);
  expect(check({ metric: 'all.total', atLeast: 10, sizes: ['small'] }, {}, 'small')).toHaveLength(1);
});

test('why an expectation matters is said where it fails', () => {
  expect(
    check({ metric: 'all.total', atLeast: 10, why: 'the fit lost sharpness' }, { all: one({ total: 1 }) })[0]!.message,
  ).toMatch(/, got 1; the fit lost sharpness$/);
});
