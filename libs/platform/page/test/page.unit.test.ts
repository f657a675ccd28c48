import { describe, expect, test } from 'vitest';
import { curveSvg, escapeHtml, htmlPage, metricsFigure, metricsTable } from '../src/index.ts';

describe('a page', () => {
  test('escapes what comes from outside', () => {
    const metrics = {
      values: { '<b>': 1 },
      about: { '<b>': { text: '"&\'', unit: '<i>' } },
      curves: { '<u>': [1, 2] },
    };
    const html = htmlPage({ title: '<script>alert(1)</script>', body: metricsFigure([metrics]) });
    expect(html).not.toContain('<script>');
    for (const tag of ['<b>', '<i>', '<u>']) expect(html).not.toContain(tag);
    expect(escapeHtml(`<a href="x" id='y'>&</a>`)).not.toMatch(/[<>"']|&(?!#\d+;)/);
  });

  test('forbids scripts and loading anything, and embeds other pages only where it says so', () => {
    const policyOf = (html: string): string => /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policyOf(htmlPage({ title: 't', body: '' }))).toMatch(/^default-src 'none'/);
    expect(policyOf(htmlPage({ title: 't', body: '' }))).not.toMatch(/script|frame|http/);
    expect(policyOf(htmlPage({ title: 't', body: '', frames: true }))).toContain('frame-src data:');
  });

  test('shows every element of an axis and their mean', () => {
    const table = metricsTable([{ values: { psnr: 28 } }, { values: { psnr: 32 } }]);
    expect(table).toContain('>28<');
    expect(table).toContain('>32<');
    expect(table).toContain('>30<');
    expect(metricsTable([{ values: { psnr: 28 } }])).not.toContain('mean');
  });

  test('draws the curve of every element, titled as its column is headed', () => {
    const of = (psnr: number[]) => ({
      values: { psnr: 1 },
      about: { psnr: { unit: 'dB', over: 'frames' } },
      curves: { psnr },
    });
    const titles = (html: string): string[] => [...html.matchAll(/<figcaption>([^<]*)/g)].map(([, title]) => title);
    expect(titles(metricsFigure([of([1, 2])]))).toEqual(['psnr, dB']);
    const several = metricsFigure([of([1, 2]), { values: { psnr: 1 } }, { ...of([3, 4]), about: undefined }]);
    expect(titles(several)).toEqual(['psnr (1), dB', 'psnr (3)']);
    expect(metricsFigure([{ values: { psnr: 1 } }])).not.toContain('curves');
  });

  test('draws no curve through fewer than two finite values', () => {
    expect(curveSvg('loss', [1])).toBe('');
    expect(curveSvg('loss', [Number.NaN, 1])).toBe('');
    expect(curveSvg('loss', [3, 2, 1])).toContain('<polyline');
    const long = curveSvg(
      'loss',
      Array.from({ length: 10_000 }, (_, step) => 1 / (step + 1)),
    );
    expect(/points="([^"]*)"/.exec(long)?.[1]?.split(' ')).toHaveLength(400);
    expect(long).toContain('10000 steps');
  });
});
