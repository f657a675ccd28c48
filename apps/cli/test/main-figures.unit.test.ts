import { expect, test } from 'vitest';
import { checkExpectations, type ElementMetrics, type GraphDocument } from '@soliloquy/graph';
import { expectationsLine, mainFigures } from '../src/main-figures.ts';

const metrics: Record<string, ElementMetrics[]> = {
  fit: [
    { element: { clip: 0 }, values: { psnr: 32.24, other: 1 } },
    { element: { clip: 1 }, values: { psnr: 32.31, other: 1 } },
  ],
  evaluation: [{ element: {}, values: { error: 0.2588, 'error/still': 0.3502, variance: 1.72 } }],
};
const expected: GraphDocument['expect'] = [
  { metric: 'fit.psnr', atLeast: 28, sizes: ['small', 'base'] },
  { metric: 'evaluation.error', atMost: 'evaluation.error/still', sizes: ['small'] },
  { metric: 'evaluation.variance', atLeast: 0.5, atMost: 1.5 },
];

function shown(size: string): string[] {
  const expectations = checkExpectations({ expect: expected } as unknown as GraphDocument, size, metrics);
  return [
    ...mainFigures({ metrics, expectations }, { size, expect: expected }),
    expectationsLine(expectations, { size, expect: expected }),
  ];
}

test('a run ends with its main figures and their bounds', () => {
  expect(shown('small')).toEqual([
    'fit.psnr             32.2 to 32.3  at least 28',
    'evaluation.error     0.259         at most 0.35 (evaluation.error/still)',
    'evaluation.variance  1.72          at least 0.5, at most 1.5 ✗',
    '4 of 5 expectations hold',
  ]);
});

test('a size that expects nothing of a figure shows what the others expect', () => {
  expect(shown('tiny').slice(0, 2)).toEqual([
    'fit.psnr             32.2 to 32.3  at least 28 at small, base',
    'evaluation.error     0.259         at most evaluation.error/still at small',
  ]);
});

test('a size without expectations says so, and where there are some', () => {
  expect(expectationsLine([], { size: 'tiny', expect: expected.slice(0, 2) })).toBe(
    '0 of 0 expectations at tiny: there are some at small, base',
  );
  expect(expectationsLine([], { size: 'small', expect: [] })).toBe('0 of 0 expectations at small');
});
