import { describe, expect, test } from 'vitest';
import { createRegistry, parseGraph } from '@soliloquy/graph';
import { sweepVariants } from '../src/compare/index.ts';

const document = parseGraph(JSON.stringify({ format: 1, name: 'none', nodes: {} }), { path: 'none.json' });

describe('the variants of a sweep', () => {
  test('are all combinations, the last key changing fastest', () => {
    expect(
      sweepVariants(document, createRegistry([]), { 'a.x': ['1', '2'], 'b.y': ['3', '4'] }).map(({ label, set }) => [
        label,
        set,
      ]),
    ).toEqual([
      ['a.x=1,b.y=3', { 'a.x': '1', 'b.y': '3' }],
      ['a.x=1,b.y=4', { 'a.x': '1', 'b.y': '4' }],
      ['a.x=2,b.y=3', { 'a.x': '2', 'b.y': '3' }],
      ['a.x=2,b.y=4', { 'a.x': '2', 'b.y': '4' }],
    ]);
  });

  test('have folders of their own, however long or unusual the values are', () => {
    const long = 'm'.repeat(150);
    const labels = sweepVariants(document, createRegistry([]), {
      'a.x': [`${long}1`, `${long}2`, 'b/c', 'b?c', 'b_c-2'],
    }).map(({ label }) => label);
    expect(new Set(labels).size).toBe(5);
    for (const label of labels) expect(label).toMatch(/^[A-Za-z0-9._=,-]{1,130}$/);
  });

  test('vary the seed of the run beside params of nodes', () => {
    const variants = sweepVariants(document, createRegistry([]), { seed: ['1', '4294967295'], 'a.x': ['3'] });
    expect(variants.map(({ label, seed, set, values }) => [label, seed, set, values])).toEqual([
      ['seed=1,a.x=3', 1, { 'a.x': '3' }, { seed: '1', 'a.x': '3' }],
      ['seed=4294967295,a.x=3', 4294967295, { 'a.x': '3' }, { seed: '4294967295', 'a.x': '3' }],
    ]);
    expect(sweepVariants(document, createRegistry([]), { 'a.x': ['3'] })[0]).not.toHaveProperty('seed');
  });

  test.each(['one', '', '-1', '1.5', '4294967296'])('refuse the seed "%s"', (seed) => {
    expect(() => sweepVariants(document, createRegistry([]), { seed: ['1', seed] })).toThrow(
      `--vary seed: expected whole numbers from 0 to 4294967295, got "${seed}"`,
    );
  });
});
