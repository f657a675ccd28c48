import { figureText } from '@soliloquy/ports/figure-text';
import type { MetricRow } from '@soliloquy/runner/compare';

/** `fit.psnr`, or `fit.psnr (mean of 6)` */
export function metricTitle({ metric, elements }: MetricRow): string {
  return elements === 1 ? metric : `${metric} (mean of ${elements})`;
}

/** A dash for a figure that a run lacks. */
export function cellText(value: number | null): string {
  return value === null ? '-' : figureText(value);
}

/**
 * Lines of equal cells, the first `left` columns flush left, all others flush right.
 *
 * @param rows all of one length, the titles first
 */
export function columnLines(rows: readonly (readonly string[])[], left: number): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * As `columnLines`; where the columns do not fit beside each other they follow below, after the same first `left`
 * columns and an empty line.
 */
export function columnBlocks(rows: readonly (readonly string[])[], left: number, width: number): string[] {
  const widths = rows[0].map((_, column) => 2 + Math.max(...rows.map((row) => row[column].length)));
  const head = widths.slice(0, left).reduce((sum, each) => sum + each, 0);
  const blocks: number[][] = [[]];
  let used = head;
  for (let column = left; column < widths.length; column++) {
    if (used + widths[column] > width && (blocks.at(-1) as number[]).length > 0) {
      blocks.push([]);
      used = head;
    }
    (blocks.at(-1) as number[]).push(column);
    used += widths[column];
  }
  return blocks.flatMap((columns, at) => [
    ...(at === 0 ? [] : ['']),
    ...columnLines(
      rows.map((row) => [...row.slice(0, left), ...columns.map((column) => row[column])]),
      left,
    ),
  ]);
}
