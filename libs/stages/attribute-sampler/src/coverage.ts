import type { Metrics } from '@soliloquy/ports';
import type { Row, Space } from './constraints.ts';
import { possiblePairs } from './pairwise.ts';

/**
 * How well a draw covers its dictionary: the share of possible pairs that some subject shows, and per attribute the
 * balance H / ln(size), H = −Σ p ln p over the values' shares (1 = every value equally often; an attribute with one
 * value has 1).
 */
export function coverageOf(space: Space, rows: readonly Row[], fixed: Row = space.sizes.map(() => -1)): Metrics {
  const pairs = possiblePairs(space, fixed);
  const curve: number[] = [];
  let open = pairs;
  for (const row of rows) {
    open = open.filter((pair) => row[pair.first] !== pair.firstValue || row[pair.second] !== pair.secondValue);
    curve.push(pairs.length === 0 ? 1 : 1 - open.length / pairs.length);
  }
  const values: Record<string, number> = {
    subjects: rows.length,
    'pairs-possible': pairs.length,
    'pairs-covered': pairs.length - open.length,
    'pair-coverage': curve.at(-1) ?? 0,
  };
  const about: Record<string, { unit?: string; better?: 'higher' | 'lower'; text?: string }> = {
    'pair-coverage': {
      unit: 'share',
      better: 'higher',
      text: 'of the pairs of values that the rules allow, how many some subject shows',
    },
  };
  space.names.forEach((name, attribute) => {
    if (fixed[attribute] >= 0) return;
    const counts = new Array<number>(space.sizes[attribute]).fill(0);
    for (const row of rows) counts[row[attribute]]++;
    const entropy = counts.reduce((sum, n) => (n === 0 ? sum : sum - (n / rows.length) * Math.log(n / rows.length)), 0);
    values[`balance/${name}`] = counts.length === 1 ? 1 : entropy / Math.log(counts.length);
    about[`balance/${name}`] = {
      unit: 'share',
      better: 'higher',
      text: counts.map((n, value) => `${space.values[attribute][value]} ${n}`).join(', '),
    };
  });
  return { values, about, curves: { 'pair-coverage': curve } };
}
