import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import {
  byMetric,
  compareFigures,
  compareNodes,
  compareOutputs,
  diffRuns,
  parseRunRecord,
  secondsComputed,
  type MetricRow,
  type OutputRow,
} from '@soliloquy/runner/compare';
import { RUNS_FOLDER, STORE_FOLDER, type RunRecord } from '@soliloquy/runner/record';
import { EXIT } from '../exit-code.ts';
import { cellText, columnLines, metricTitle } from '../figure-table.ts';
import { openInstallation } from '../open-installation.ts';
import { parseOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, projectFolderFor, stateFolderFor } from '../project.ts';
import { runById } from '../run-by-id.ts';
import { duration } from '../show.ts';

/** `soliloquy compare RUN RUN`: what was asked for, what it made, and the figures, of two runs that ended. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('compare', args, [2, 2]);
  const stateFolder = stateFolderFor(HERE, options.text('store'));
  const { registry } = await openInstallation(projectFolderFor(HERE), options);
  const [a, b] = await Promise.all(options.positionals.map((run) => readRun(run, stateFolder)));
  const store = await openDiskStore(join(stateFolder, STORE_FOLDER));
  const runs = [a, b];
  const asked = diffRuns(a, b);
  const nodes = compareNodes(a, b);
  const [figures, outputs] = await Promise.all([
    compareFigures(runs, registry, store),
    compareOutputs(runs, registry, store),
  ]);
  if (options.flag('json')) {
    const ended = runs.map((run) => ({ run: run.run, status: run.status, seconds: secondsComputed(run) }));
    print(`${JSON.stringify({ runs: ended, asked, nodes, outputs, figures }, null, 2)}\n`);
    return EXIT.done;
  }
  const lines = [
    ...(asked.length > 0 ? asked : ['asked for the same']),
    '',
    `same: ${nodes.same.join(', ') || 'no node'}`,
    `different: ${nodes.differ.join(', ') || 'no node'}`,
    ...outputs.map(outputLine),
    '',
    ...figureLines(runs, byMetric(figures)),
  ];
  print(lines.map((line) => `${line}\n`).join(''));
  return EXIT.done;
}

function outputLine({ name, same, runs }: OutputRow): string {
  if (same) return `${name}: the same`;
  const [before, after] = runs.map((made) => (made === null ? 'not made' : made.summary || made.digest.slice(0, 12)));
  return `${name}: ${before === after ? `${before}, of another content` : `${before} -> ${after}`}`;
}

/** Those that differ, a line each; the others are counted. */
function figureLines(runs: readonly RunRecord[], metrics: readonly MetricRow[]): string[] {
  const differing = metrics.filter(({ differs }) => differs);
  const rows = [
    ['', ...runs.map(({ run }) => run), 'change'],
    ['ended', ...runs.map(({ status }) => status), ''],
    ['computed', ...runs.map((run) => duration(secondsComputed(run))), ''],
    ...differing.map((row) => [metricTitle(row), ...row.values.map(cellText), changeOf(row.values)]),
  ];
  const same = metrics.length - differing.length;
  return [...columnLines(rows, 1), `${same} ${same === 1 ? 'figure is' : 'figures are'} the same`];
}

function changeOf([before, after]: readonly (number | null)[]): string {
  if (before === null || after === null) return '';
  return `${after >= before ? '+' : ''}${cellText(after - before)}`;
}

/**
 * A run by its id or the beginning of it, its folder, or its `run.json`.
 *
 * @throws UsageError
 */
async function readRun(text: string, stateFolder: string): Promise<RunRecord> {
  const path =
    (await pathOf(text)) ??
    join(stateFolder, RUNS_FOLDER, await runById(text, stateFolder, 'soliloquy compare'), RECORD_FILE);
  return parseRunRecord(await readFile(path, 'utf8'), path);
}

async function pathOf(text: string): Promise<string | undefined> {
  const there = await stat(text).catch(() => undefined);
  if (there === undefined) return undefined;
  const path = there.isDirectory() ? join(text, RECORD_FILE) : text;
  return existsSync(path) ? path : undefined;
}
