import type { RunRecord } from '../kept/record-schema.ts';
import type { FigureRow } from './compare-runs.ts';

/** Seconds that what a run is made of took to compute, whenever that was: what was cached counts as it was computed. */
export function secondsComputed({ nodes }: Pick<RunRecord, 'nodes'>): number {
  return Object.values(nodes).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** One metric in each of several runs: its mean over the elements of its node. */
export interface MetricRow {
  readonly metric: string;
  /** of how many elements it is the mean */
  readonly elements: number;
  /** in the order of the runs; null where one lacks it */
  readonly values: readonly (number | null)[];
  /** whether any element differs between the runs */
  readonly differs: boolean;
}

/** Rows of elements as rows of metrics, in the order in which they come. */
export function byMetric(figures: readonly FigureRow[]): MetricRow[] {
  const groups = new Map<string, FigureRow[]>();
  for (const row of figures) groups.set(row.metric, [...(groups.get(row.metric) ?? []), row]);
  return [...groups].map(([metric, rows]) => ({
    metric,
    elements: rows.length,
    values: rows[0].values.map((_, run) => mean(rows.flatMap(({ values }) => values[run] ?? []))),
    differs: rows.some(({ values }) => new Set(values).size > 1),
  }));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
