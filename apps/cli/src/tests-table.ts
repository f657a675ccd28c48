import { figureText } from '@soliloquy/ports/figure-text';
import { columnBlocks } from './figure-table.ts';
import type { Arm, TestRow } from './paired-tests.ts';

/** Discoveries are told at this rate of false ones, as the paper has it. */
const RATE = 0.05;

/**
 * Paired tests as text: one table for each arm that others are compared with, a line for each figure and what it is
 * paired over, a column for each arm: the mean difference and q, with a star where q is 0.05 at most.
 */
export function testsTable(tests: readonly TestRow[], width: number): string {
  const tables = [...Map.groupBy(tests, ({ against, arm }) => armText(against, arm))].map(([against, of]) => {
    const arms = [...new Set(of.map(({ arm, against: other }) => armText(arm, other)))];
    const figureOf = ({ figure, arm, against: other }: TestRow): string =>
      arm.node === other.node ? `${arm.node}.${figure}` : figure;
    const lines = Map.groupBy(of, (test) => JSON.stringify([figureOf(test), `${test.count} ${test.over}`]));
    const rows = [
      [`against ${against}`, 'pairs', ...arms],
      ...[...lines].map(([key, row]) => [
        ...(JSON.parse(key) as [string, string]),
        ...arms.map((arm) => cellText(row.find((test) => armText(test.arm, test.against) === arm))),
      ]),
    ];
    return columnBlocks(rows, 2, width).join('\n');
  });
  return [...tables, `difference and q of paired t-tests (Benjamini and Hochberg); * q <= ${RATE}`].join('\n\n');
}

function cellText(test: TestRow | undefined): string {
  if (test === undefined) return '-';
  const { difference, q } = test;
  return `${difference > 0 ? '+' : ''}${figureText(difference)} q=${q.toPrecision(2)}${q <= RATE ? '*' : ' '}`;
}

/** What an arm is called beside another: its node where that differs, and what was varied. */
function armText({ node, values }: Arm, beside: Arm): string {
  const varied = Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
  if (node === beside.node) return varied;
  return varied === '' ? node : `${node} (${varied})`;
}
