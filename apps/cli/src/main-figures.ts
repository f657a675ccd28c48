import { parsePortReference, type Expectation, type ExpectationRow } from '@soliloquy/graph';
import type { RunSummary } from '@soliloquy/runner';

/** What a graph expects, and at which of its sizes it ran. */
export interface Expected {
  readonly size: string;
  readonly expect: readonly Expectation[];
}

const WORDS = { atLeast: 'at least', atMost: 'at most' } as const;

/**
 * The figures of a run that its graph expects something of at any size, a line each: the values over all elements, and
 * what is expected, at which sizes where this one is not among them.
 */
export function mainFigures(
  { metrics, expectations }: Pick<RunSummary, 'metrics' | 'expectations'>,
  { size, expect }: Expected,
): string[] {
  const names = [...new Set([...expect, ...expectations].map(({ metric }) => metric))];
  const rows = names.flatMap((metric) => {
    const checked = expectations.filter((row) => row.metric === metric);
    const values = valuesOf(metrics, metric) ?? checked.flatMap(({ actual }) => actual ?? []);
    if (values.length === 0) return [];
    const elsewhere = expect.filter((each) => each.metric === metric && each.sizes?.includes(size) === false);
    return [[metric, rangeOf(values), [...boundsOf(checked), ...elsewhere.map(boundElsewhere)].join(', ')]];
  });
  const [first, second] = [0, 1].map((at) => Math.max(0, ...rows.map((row) => row[at].length)));
  return rows.map(([metric, range, bounds]) => `${metric.padEnd(first)}  ${range.padEnd(second)}  ${bounds}`.trimEnd());
}

/** `12 of 12 expectations hold`; where this size has none, which sizes have. */
export function expectationsLine(rows: readonly ExpectationRow[], { size, expect }: Expected): string {
  if (rows.length > 0) return `${rows.filter(({ holds }) => holds).length} of ${rows.length} expectations hold`;
  const sizes = [...new Set(expect.flatMap(({ sizes: named }) => named ?? []))];
  return `0 of 0 expectations at ${size}${sizes.length === 0 ? '' : `: there are some at ${sizes.join(', ')}`}`;
}

function valuesOf(metrics: RunSummary['metrics'], metric: string): number[] | undefined {
  const { node, port: name } = parsePortReference(metric);
  if (!Object.hasOwn(metrics, node)) return undefined;
  return metrics[node].flatMap(({ values }) => (Object.hasOwn(values, name) ? [values[name]] : []));
}

/** `at least 28`; of a bound that is another metric its values and its name; a cross where one does not hold. */
function boundsOf(rows: readonly ExpectationRow[]): string[] {
  const groups = new Map<string, ExpectationRow[]>();
  for (const row of rows) {
    const key = `${row.comparison} ${row.boundMetric ?? row.bound}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const [{ comparison, boundMetric }] = group;
    const bounds = group.flatMap(({ bound }) => bound ?? []);
    const text = `${WORDS[comparison]} ${bounds.length === 0 ? 'nothing' : rangeOf(bounds)}`;
    const named = boundMetric === undefined ? text : `${text} (${boundMetric})`;
    return group.every(({ holds }) => holds) ? named : `${named} ✗`;
  });
}

/** `at least 28 at small` */
function boundElsewhere({ atLeast, atMost, sizes }: Expectation): string {
  const bounds = Object.entries({ atLeast, atMost }).flatMap(([comparison, bound]) =>
    bound === undefined ? [] : [`${WORDS[comparison as keyof typeof WORDS]} ${bound}`],
  );
  return `${bounds.join(', ')} at ${sizes?.join(', ')}`;
}

/** `0.974`, or `32.2 to 32.3` */
function rangeOf(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => String(Number(value.toPrecision(3))));
  return least === most ? least : `${least} to ${most}`;
}
