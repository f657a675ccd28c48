import { describe, expect, test } from 'vitest';
import type { Figure, Sweep } from '@soliloquy/gateway/protocol';
import {
  asCsv,
  asLatex,
  asMarkdown,
  bestColumns,
  cellsOf,
  cellWords,
  columnsOf,
  writtenTable,
} from '../src/compare/sweep-table.ts';

const variants = ['a', 'b'].flatMap((backbone) =>
  ['1', '2', '3'].map((seed) => ({ values: { 'fit.backbone': backbone, seed } })),
) as unknown as Sweep['variants'];
const psnr: Figure = { metric: 'fit.psnr', element: {}, unit: 'dB', better: 'higher', values: [1, 2, 3, 11, 12, 13] };
const near: Figure = { metric: 'fit.ssim_x', element: {}, better: 'higher', values: [1, 2, 3, 2, 3, 4] };
const sweep = { vary: { 'fit.backbone': ['a', 'b'], seed: ['1', '2', '3'] }, variants } as unknown as Sweep;

describe('runs that differ in the seed alone', () => {
  const columns = columnsOf({ variants });
  test('are one column: mean and the deviation of a sample', () => {
    expect(columns).toEqual([
      { values: { 'fit.backbone': 'a' }, variants: [0, 1, 2] },
      { values: { 'fit.backbone': 'b' }, variants: [3, 4, 5] },
    ]);
    // np.std([1, 2, 3], ddof=1) == 1
    expect(cellsOf(psnr, columns)).toEqual([
      { mean: 2, deviation: 1, of: 3 },
      { mean: 12, deviation: 1, of: 3 },
    ]);
    expect(cellWords({ mean: 2, deviation: 1, of: 3 })).toBe('2 ± 1');
    expect(cellsOf({ values: [null, null, null, 4, null, null] }, columns)).toEqual([
      null,
      { mean: 4, deviation: 0, of: 1 },
    ]);
  });
  test('are best where they are ahead by more than they spread; else nobody is', () => {
    expect(bestColumns('higher', cellsOf(psnr, columns))).toEqual([1]);
    expect(bestColumns('lower', cellsOf(psnr, columns))).toEqual([0]);
    expect(bestColumns('higher', cellsOf(near, columns))).toEqual([]);
    expect(bestColumns(undefined, cellsOf(psnr, columns))).toEqual([]);
    const cell = (mean: number): { mean: number; deviation: number; of: number } => ({ mean, deviation: 0, of: 1 });
    expect(bestColumns('lower', [cell(1), cell(1), cell(2), null])).toEqual([0, 1]);
  });
});

test('a table is written as CSV, Markdown and LaTeX, what they would misread escaped', () => {
  const table = writtenTable(sweep, [psnr, near]);
  expect(asCsv(table)).toBe('fit.backbone,a,b\r\nfit.psnr dB ↑,2 ± 1,12 ± 1\r\nfit.ssim_x ↑,2 ± 1,3 ± 1\r\n');
  expect(asMarkdown(table)).toBe(
    '| fit.backbone | a | b |\n| --- | ---: | ---: |\n' +
      '| fit.psnr dB ↑ | 2 ± 1 | **12 ± 1** |\n| fit.ssim_x ↑ | 2 ± 1 | 3 ± 1 |\n',
  );
  expect(asLatex(table)).toContain('fit.psnr dB $\\uparrow$ & 2 $\\pm$ 1 & \\textbf{12 $\\pm$ 1} \\\\\n');
  expect(asLatex(table)).toContain('fit.ssim\\_x $\\uparrow$ & 2 $\\pm$ 1 & 3 $\\pm$ 1 \\\\\n');
  const hostile = { rows: [['=1+1, "x"', '-2', '-cmd', 'a|b']], best: [] };
  expect(asCsv(hostile)).toBe('"\'=1+1, ""x""",-2,\'-cmd,a|b\r\n');
  expect(asMarkdown(hostile)).toContain('a\\|b');
});
