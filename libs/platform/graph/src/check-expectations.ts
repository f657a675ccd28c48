import { z } from 'zod';
import { closestName } from './closest-name.ts';
import type { Expectation, GraphDocument } from './document.ts';
import { parsePortReference } from './edges.ts';

/** The metrics that one task of a node gave. */
export interface ElementMetrics {
  /** index along each axis of the node; empty for a node without axes */
  readonly element: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, number>>;
}

/** One expectation at one element of its node's axes. */
export const expectationRowSchema = z.object({
  /** as written, e.g. `fit.psnr` */
  metric: z.string(),
  element: z.record(z.string(), z.int()),
  comparison: z.enum(['atLeast', 'atMost']),
  actual: z.number().optional(),
  bound: z.number().optional(),
  /** the other metric, where the bound is one */
  boundMetric: z.string().optional(),
  holds: z.boolean(),
  /** e.g. `fit.psnr [clip 2]: expected at least 28, got 27.4; …` */
  message: z.string(),
});
export type ExpectationRow = z.infer<typeof expectationRowSchema>;

/**
 * Compares a run's metrics with what the document expects at this size. Every element of an axis must hold; a metric
 * that is not there, or is not a number, fails and says so. A bound that is another metric is compared at the elements
 * that agree on the axes which both have.
 *
 * @param metricsByNode the metrics of each node's tasks; a node that is absent gave none
 * @returns a row for each comparison; the run passes when all hold
 */
export function checkExpectations(
  doc: GraphDocument,
  size: string,
  metricsByNode: Readonly<Record<string, readonly ElementMetrics[]>>,
): ExpectationRow[] {
  return doc.expect
    .filter(({ sizes }) => sizes === undefined || sizes.includes(size))
    .flatMap((expectation) =>
      (['atLeast', 'atMost'] as const).flatMap((comparison) =>
        expectation[comparison] === undefined
          ? []
          : compare(expectation, comparison, expectation[comparison], metricsByNode),
      ),
    );
}

type Readings =
  | { readonly kind: 'read'; readonly list: readonly { element: Readonly<Record<string, number>>; value: number }[] }
  | { readonly kind: 'missing'; readonly why: string };

function read(reference: string, metricsByNode: Readonly<Record<string, readonly ElementMetrics[]>>): Readings {
  const { node, port: name } = parsePortReference(reference);
  const elements = Object.hasOwn(metricsByNode, node) ? metricsByNode[node]! : [];
  if (elements.length === 0) return { kind: 'missing', why: `no metrics of node "${node}"` };
  const lacking = elements.find(({ values }) => !Object.hasOwn(values, name));
  if (lacking) {
    const close = closestName(name, Object.keys(lacking.values));
    return {
      kind: 'missing',
      why:
        `no metric "${name}"${inWords(lacking.element)} (it has ` +
        `${Object.keys(lacking.values).join(', ') || 'none'})` +
        `${close === undefined ? '' : `; did you mean "${node}.${close}"?`}`,
    };
  }
  return { kind: 'read', list: elements.map(({ element, values }) => ({ element, value: values[name]! })) };
}

function compare(
  { metric, why }: Expectation,
  comparison: 'atLeast' | 'atMost',
  bound: number | string,
  metricsByNode: Readonly<Record<string, readonly ElementMetrics[]>>,
): ExpectationRow[] {
  const words = comparison === 'atLeast' ? 'at least' : 'at most';
  const boundMetric = typeof bound === 'string' ? bound : undefined;
  const fail = (message: string): ExpectationRow[] => [
    {
      metric,
      element: {},
      comparison,
      boundMetric,
      bound: typeof bound === 'number' ? bound : undefined,
      holds: false,
      message: `${metric}: expected ${words} ${bound}, got ${message}`,
    },
  ];
  const actual = read(metric, metricsByNode);
  if (actual.kind === 'missing') return fail(actual.why);
  const bounds: Readings =
    typeof bound === 'number' ? { kind: 'read', list: [{ element: {}, value: bound }] } : read(bound, metricsByNode);
  if (bounds.kind === 'missing') return fail(`a bound that is not there: ${bounds.why}`);
  return actual.list.flatMap(({ element, value }) => {
    const matching = bounds.list.filter((other) =>
      Object.entries(other.element).every(([axis, index]) => !Object.hasOwn(element, axis) || element[axis] === index),
    );
    if (matching.length === 0) return fail(`no ${bound} at the same element${inWords(element)}`);
    return matching.map(({ value: limit }): ExpectationRow => {
      const holds = comparison === 'atLeast' ? value >= limit : value <= limit;
      const limitWords = boundMetric === undefined ? rounded(limit) : `${boundMetric} = ${rounded(limit)}`;
      const reason = holds || why === undefined ? '' : `; ${why}`;
      return {
        metric,
        element,
        comparison,
        actual: value,
        bound: limit,
        boundMetric,
        holds,
        message: `${metric}${inWords(element)}: expected ${words} ${limitWords}, got ${rounded(value)}${reason}`,
      };
    });
  });
}

/** As a person counts: from 1. */
function inWords(element: Readonly<Record<string, number>>): string {
  const parts = Object.entries(element).map(([axis, index]) => `${axis} ${index + 1}`);
  return parts.length === 0 ? '' : ` [${parts.join(', ')}]`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(5)));
}
