import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseGraph } from '@soliloquy/graph';
import type { FigureRow } from '@soliloquy/runner/compare';
import { pairedTests, type Swept } from '../src/paired-tests.ts';
import { testsTable } from '../src/tests-table.ts';

/** Of SciPy: two arms of three seeds and six films, paired by films and by seeds. */
const { sweep: golden } = JSON.parse(
  readFileSync(new URL('../../../libs/methods/significance/test/golden/significance.json', import.meta.url), 'utf8'),
) as { sweep: Record<'a' | 'b', number[][]> & Record<'films' | 'seed', { t: number; p: number }> };

/** Intervals of their differences by drawing pairs anew, and d_z. */
const { sweep: sized } = JSON.parse(
  readFileSync(new URL('../../../libs/methods/significance/test/golden/comparison.json', import.meta.url), 'utf8'),
) as { sweep: Record<'films' | 'seed', { interval: [number, number]; dz: number }> };

const document = parseGraph(
  JSON.stringify({
    format: 1,
    name: 'ablation',
    nodes: {
      'eval-none': { stage: 'motion-set-evaluation@1' },
      'eval-vsd': { stage: 'motion-set-evaluation@1' },
      fit: { stage: 'deformation-fit@1' },
    },
  }),
  { path: 'ablation.json' },
);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const SEEDS = ['1', '2', '3'];
const variants = SEEDS.map((seed) => ({ values: { seed } }));
const rowOf = (metric: string, films: number[][]): FigureRow => ({
  metric,
  element: {},
  values: films.map(mean),
  films,
});
const figures: FigureRow[] = [
  rowOf('eval-none.acc-err', golden.b),
  rowOf('eval-vsd.acc-err', golden.a),
  { metric: 'eval-none.acc-err/count', element: {}, values: [6, 6, 6] },
  { metric: 'eval-vsd.acc-err/count', element: {}, values: [6, 6, 6] },
  { metric: 'fit.psnr', element: {}, values: [30, 31, 32] },
];
const swept: Swept = { document, variants, figures };

describe('against SciPy', () => {
  const tests = pairedTests(swept, ['eval-none']);

  test.each(['films', 'seed'] as const)('nodes of one stage are paired by %s', (over) => {
    const [found, ...more] = tests.filter((each) => each.over === over);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ figure: 'acc-err', arm: { node: 'eval-vsd' }, against: { node: 'eval-none' } });
    expect(found.count).toBe(over === 'films' ? 6 : 3);
    expect(found.t).toBeCloseTo(golden[over].t, 9);
    expect(found.p).toBeCloseTo(golden[over].p, 12);
    expect(found.q).toBe(found.p);
    expect(found.effect).toBeCloseTo(sized[over].dz, 9);
    // As near as two sets of 9999 draws come to each other.
    for (const end of [0, 1]) expect(found.interval?.[end]).toBeCloseTo(sized[over].interval[end], 2);
  });

  test('what is alike, and nodes of other stages, are not tested', () => {
    expect(tests).toHaveLength(2);
    expect(pairedTests(swept, [])).toEqual([]);
    expect(pairedTests(swept, ['fit'])).toEqual([]);
  });

  test('combinations beside the seed are compared with the first, and so are elements', () => {
    const both = ['off', 'on'].flatMap((vsd) => SEEDS.map((seed) => ({ values: { 'vsd.weight': vsd, seed } })));
    const clips = golden.a[0].map((_, clip): FigureRow => ({
      metric: 'evaluation.acc-err',
      element: { clip },
      values: [...golden.b.map((films) => films[clip]), ...golden.a.map((films) => films[clip])],
    }));
    const found = pairedTests({ document, variants: both, figures: clips }, []);
    expect(found.map(({ over, count, arm, against }) => [over, count, arm.values, against.values])).toEqual([
      ['clip', 6, { 'vsd.weight': 'on' }, { 'vsd.weight': 'off' }],
      ['seed', 3, { 'vsd.weight': 'on' }, { 'vsd.weight': 'off' }],
    ]);
    expect(found[0].p).toBeCloseTo(golden.films.p, 12);
    expect(found[1].p).toBeCloseTo(golden.seed.p, 12);
    expect(testsTable(found, 120)).toContain('against vsd.weight=off');
  });
});

describe('what is not there', () => {
  test('a film that one run lacks is no pair; a run without the figure leaves the films of the arm out', () => {
    const short = golden.a.map((films, run) => (run === 1 ? films.slice(0, 4) : films));
    const lacking = [figures[0], rowOf('eval-vsd.acc-err', short)];
    expect(pairedTests({ ...swept, figures: lacking }, ['eval-none']).map(({ over, count }) => [over, count])).toEqual([
      ['films', 4],
      ['seed', 3],
    ]);
    const gone = { ...lacking[1], values: [0.1, null, 0.2], films: [golden.a[0], null, golden.a[2]] };
    expect(
      pairedTests({ ...swept, figures: [figures[0], gone] }, ['eval-none']).map(({ over, count }) => [over, count]),
    ).toEqual([['seed', 2]]);
  });

  test('one seed has films alone', () => {
    const one = figures.map((row) => ({ ...row, values: [row.values[0]], films: row.films && [row.films[0]] }));
    const found = pairedTests({ document, variants: variants.slice(0, 1), figures: one }, ['eval-none']);
    expect(found.map(({ over }) => over)).toEqual(['films']);
  });
});

describe('the table of tests', () => {
  test('has a line for each figure and what it is paired over, a column for each arm, a star where q is small', () => {
    const third = {
      ...rowOf(
        'eval-both.acc-err',
        golden.b.map((films) => films.map((x, i) => x + i / 10)),
      ),
    };
    const nodes = { ...document.nodes, 'eval-both': { stage: 'motion-set-evaluation@1' } };
    const given = { document: { ...document, nodes }, variants, figures: [...figures, third] };
    const text = testsTable(pairedTests(given, ['eval-none']), 120);
    expect(text).toMatch(
      /^against eval-none +pairs +eval-vsd +eval-both\nacc-err +6 films +-0\.\d+ q=\S+\* +\+0\.25 q=\S+/,
    );
    expect(text).toMatch(/\nacc-err +3 seed +-0\.\d+ q=/);
    expect(text).toContain('Benjamini and Hochberg');
  });
});
