import type { Figure, Sweep } from '@soliloquy/gateway/protocol';
import { figureText } from '@soliloquy/ports/figure-text';
import { unitWords } from '../look/unit-words.ts';
import { bestOf, elementWords } from './figure-words.ts';

/** What varies the seed of the runs. */
export const SEED = 'seed';

/** A column of a sweep's table: a variant, or one with all of its seeds. */
export interface Column {
  /** what was varied, but for the seed, by key */
  readonly values: Readonly<Record<string, string>>;
  /** of the sweep's variants */
  readonly variants: readonly number[];
}

/** A figure over the seeds of a column: their mean, and how far they spread. */
export interface Cell {
  readonly mean: number;
  /** sample standard deviation (of n − 1); 0 of one */
  readonly deviation: number;
  readonly of: number;
}

/** Runs that differ in nothing but the seed are one column. */
export function columnsOf({ variants }: Pick<Sweep, 'variants'>): Column[] {
  const columns = new Map<string, { values: Record<string, string>; variants: number[] }>();
  for (const [at, { values }] of variants.entries()) {
    const { [SEED]: _seed, ...rest } = values;
    const key = JSON.stringify(Object.entries(rest).sort());
    const column = columns.get(key) ?? { values: rest, variants: [] };
    columns.set(key, column);
    column.variants.push(at);
  }
  return [...columns.values()];
}

/** Of each column; null where none of its runs has the figure. */
export function cellsOf({ values }: Pick<Figure, 'values'>, columns: readonly Column[]): (Cell | null)[] {
  return columns.map(({ variants }) => {
    const known = variants.flatMap((at) => values[at] ?? []);
    if (known.length === 0) return null;
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: known.length < 2 ? 0 : Math.sqrt(squares / (known.length - 1)), of: known.length };
  });
}

/**
 * Columns that are best: that with the best mean, and all whose mean is no farther from it than either of the two
 * spreads. None where that is all of them.
 */
export function bestColumns(better: Figure['better'], cells: readonly (Cell | null)[]): readonly number[] {
  const values = cells.map((cell) => cell?.mean ?? null);
  const [best] = bestOf({ better, values });
  const leader = best === undefined ? undefined : cells[best];
  if (!leader) return [];
  const near = cells.flatMap((cell, at) =>
    cell !== null &&
    (figureText(cell.mean) === figureText(leader.mean) ||
      Math.abs(cell.mean - leader.mean) <= Math.max(cell.deviation, leader.deviation))
      ? [at]
      : [],
  );
  return near.length === cells.filter((cell) => cell !== null).length ? [] : near;
}

/** `1.42`, or `1.42 ± 0.03` over several seeds. */
export function cellWords(cell: Cell | null): string {
  if (cell === null) return '–';
  return cell.of < 2 ? figureText(cell.mean) : `${figureText(cell.mean)} ± ${figureText(cell.deviation)}`;
}

/** What a column is called: the values that were varied; the seed where nothing else was. */
export function columnWords({ values, variants }: Column): string {
  const words = Object.values(values).join(', ');
  return words === '' ? `${variants.length} seeds` : words;
}

/** The table as rows of cells, its titles first, and which cells are best: for whoever writes it somewhere. */
export interface WrittenTable {
  readonly rows: readonly (readonly string[])[];
  /** of the rows below the titles, columns counted without the first */
  readonly best: readonly (readonly number[])[];
}

export function writtenTable(sweep: Sweep, figures: readonly Figure[]): WrittenTable {
  const columns = columnsOf(sweep);
  const cells = figures.map((figure) => cellsOf(figure, columns));
  return {
    rows: [
      [
        Object.keys(sweep.vary)
          .filter((key) => key !== SEED)
          .join(', ') || SEED,
        ...columns.map(columnWords),
      ],
      ...figures.map((figure, row) => [
        [figure.metric, elementWords(figure), unitWords(figure)].filter((word) => word !== '').join(' '),
        ...(cells[row] as (Cell | null)[]).map(cellWords),
      ]),
    ],
    best: figures.map(({ better }, row) => bestColumns(better, cells[row] as (Cell | null)[])),
  };
}

/** RFC 4180. What begins like a formula of a spreadsheet is written as text. */
export function asCsv({ rows }: WrittenTable): string {
  const cell = (text: string): string => {
    const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

export function asMarkdown({ rows, best }: WrittenTable): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
  const lines = rows.map((row, at) =>
    row.map((text, column) =>
      at > 0 && column > 0 && (best[at - 1] as readonly number[]).includes(column - 1)
        ? `**${cell(text)}**`
        : cell(text),
    ),
  );
  const [head = [], ...body] = lines;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '–': '--',
  '−': '$-$',
  '↑': '$\\uparrow$',
  '↓': '$\\downarrow$',
};

function latexText(text: string): string {
  return text.replace(/[\\~^±–−↑↓&%$#_{}]/g, (each) => LATEX[each] ?? `\\${each}`);
}

/** A booktabs tabular. */
export function asLatex({ rows, best }: WrittenTable): string {
  const line = (row: readonly string[]): string => `${row.join(' & ')} \\\\\n`;
  const [head = [], ...body] = rows;
  return [
    `\\begin{tabular}{l${'r'.repeat(Math.max(0, head.length - 1))}}\n\\toprule\n`,
    line(head.map(latexText)),
    '\\midrule\n',
    ...body.map((row, at) =>
      line(
        row.map((text, column) =>
          column > 0 && (best[at] as readonly number[]).includes(column - 1)
            ? `\\textbf{${latexText(text)}}`
            : latexText(text),
        ),
      ),
    ),
    '\\bottomrule\n\\end{tabular}\n',
  ].join('');
}
