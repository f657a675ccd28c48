import { describe, expect, test } from 'vitest';
import { curveSvg, formatFigure, metricsTable, page } from '../src/report/page.ts';

describe('the report', () => {
  test('escapes what comes from outside', () => {
    const html = page('<script>alert(1)</script>', [
      metricsTable([{ values: { '<b>': 1 }, about: { '<b>': { text: '"&\'' } } }]),
    ]);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>');
    expect(html).toContain("default-src 'none'");
  });

  test('shows every element of an axis and their mean', () => {
    const table = metricsTable([{ values: { psnr: 28 } }, { values: { psnr: 32 } }]);
    expect(table).toContain('>28<');
    expect(table).toContain('>32<');
    expect(table).toContain('>30<');
  });

  test('prints four digits', () => {
    expect([0.123456, 12.3456, 1234.5, 3].map(formatFigure)).toEqual(['0.1235', '12.35', '1235', '3']);
  });

  test('draws no curve through fewer than two finite values', () => {
    expect(curveSvg('loss', [1])).toBe('');
    expect(curveSvg('loss', [Number.NaN, 1])).toBe('');
    expect(curveSvg('loss', [3, 2, 1])).toContain('<polyline');
  });
});
