import { parseArgs } from 'node:util';
import { ANCHOR_FUNCTIONS, ANCHOR_LINES } from './house/anchors.ts';
import { breaches, LIMITS } from './house/check.ts';
import { readHouse, type House, type SourceFile } from './house/files.ts';
import { findFunctions, measureFunctions, type FunctionFigures } from './house/functions.ts';
import { measureLines, type LineFigures } from './house/lines.ts';

/**
 * How long the lines and the functions of this repository are, beside the projects that it learns from.
 *
 *     node tools/measure-house.ts           print the two tables
 *     node tools/measure-house.ts --check   print what is beyond a limit; exit 1 if anything is
 */
const LINE_COLUMNS: Readonly<Record<keyof LineFigures, string>> = {
  lines: 'lines',
  median: 'median',
  p90: 'p90',
  p99: 'p99',
  max: 'max',
  over100: '>100',
  over120: '>120',
  over140: '>140',
};
const FUNCTION_COLUMNS: Readonly<Record<keyof FunctionFigures, string>> = {
  count: 'n',
  median: 'median',
  p95: 'p95',
  p99: 'p99',
  longest: 'longest',
  over4Params: '>4 params',
  documented: 'exports documented',
};

const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
const house = readHouse(process.cwd());
if (check) reportBreaches(house);
else printTables(house);

function reportBreaches(measured: House): void {
  const found = breaches(measured);
  for (const breach of found) console.error(breach);
  if (found.length === 0) return;
  console.error(`${found.length} beyond a limit (lines: ${LIMITS.lineCharacters}, functions: ${LIMITS.functionLines})`);
  process.exitCode = 1;
}

function printTables({ src, tests, svelte, program }: House): void {
  const figures = (files: readonly SourceFile[]): LineFigures => measureLines(files.map(({ text }) => text));
  const lines = [
    { name: 'src .ts', ...figures(src) },
    { name: 'tests .ts', ...figures(tests) },
    { name: 'svelte', ...figures(svelte) },
    ...ANCHOR_LINES,
  ];
  print('Lines that are not blank: characters, and shares in %', lines, LINE_COLUMNS);
  const functions = program.map(({ path, text }) => findFunctions(path, text));
  print(
    'Named functions outside tests: lines, and shares in %',
    [{ name: 'soliloquy', ...measureFunctions(functions) }, ...ANCHOR_FUNCTIONS],
    FUNCTION_COLUMNS,
  );
}

function print<Key extends string>(
  title: string,
  rows: readonly ({ readonly name: string } & Partial<Record<Key, number>>)[],
  columns: Readonly<Record<Key, string>>,
): void {
  const keys = Object.keys(columns) as Key[];
  const width = Math.max(...rows.map(({ name }) => name.length));
  const cell = (key: Key, value: string): string => value.padStart(Math.max(8, columns[key].length + 2));
  console.log(`\n${title}\n${' '.repeat(width)}${keys.map((key) => cell(key, columns[key])).join('')}`);
  for (const row of rows)
    console.log(row.name.padEnd(width) + keys.map((key) => cell(key, row[key]?.toString() ?? '-')).join(''));
}
