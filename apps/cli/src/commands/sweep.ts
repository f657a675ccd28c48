import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import { downstreamOf, graphFault, InvalidGraph, type GraphDocument } from '@soliloquy/graph';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import { keepInside, newRunId, prepareGraph, writeWhole, type RunStatus } from '@soliloquy/runner';
import {
  byMetric,
  compareFigures,
  parseRunRecord,
  saveSweep,
  secondsComputed,
  SEED_KEY,
  sweepVariants,
  type FigureRow,
  type MetricRow,
  type SweepRecord,
  type Variant,
  type Vary,
} from '@soliloquy/runner/compare';
import { STORE_FOLDER, type RunRecord } from '@soliloquy/runner/record';
import { clusterAccess } from '../cluster-access.ts';
import { runDevice } from '../device-option.ts';
import { EXIT } from '../exit-code.ts';
import { cellText, columnBlocks, metricTitle } from '../figure-table.ts';
import { openInstallation } from '../open-installation.ts';
import { pairedTests } from '../paired-tests.ts';
import { parseAssignments, parseCount, parseOptions, parseSeed, parseTaskDeadline } from '../parse-options.ts';
import { print } from '../print.ts';
import { openAsSet, projectFolderFor, stateFolderFor, writingRooms } from '../project.ts';
import { runDocument } from '../run-document.ts';
import { duration } from '../show.ts';
import { testsTable } from '../tests-table.ts';
import { UsageError } from '../usage-error.ts';

/** `soliloquy sweep GRAPH --vary node.param=a,b …`: every combination is run; one table compares them. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('sweep', args, [1, 1]);
  const [path] = options.positionals;
  const { registry, registryModule } = await openInstallation(projectFolderFor(path), options);
  const { document, settings } = await openAsSet(path, registry, options);
  const vary = parseVary(options.texts('vary'));
  const seed = parseSeed(options.text('seed'));
  if (seed !== undefined && vary[SEED_KEY] !== undefined) throw seedTwice();
  const against = nodesIn(document, options.texts('against'));
  const threads = parseCount('threads', options.text('threads'));
  const taskDeadlineMs = parseTaskDeadline(options);
  const cluster = clusterAccess(options);
  const device = await runDevice(options, document, registry, cluster);
  const variants = sweepVariants(document, registry, vary).map((variant) => ({
    ...variant,
    settings: { ...settings, set: { ...settings.set, ...variant.set } },
  }));
  // What cannot run is said before anything does.
  for (const variant of variants)
    prepareGraph(variant.document, registry, variant.settings, variant.seed ?? seed, { device, threads });
  const stateFolder = stateFolderFor(path, options.text('store'));
  const outFolder = resolve(options.text('out') ?? join('out', document.name, 'sweep'));
  await keepInside(outFolder, writingRooms(path));
  const json = options.flag('json');
  const record: SweepRecord = {
    sweep: newRunId(),
    graph: document.name,
    startedAt: new Date().toISOString(),
    vary: Object.fromEntries(Object.entries(vary).map(([key, values]) => [key, [...values]])),
    variants: [],
  };
  const statuses: RunStatus[] = [];
  const records: RunRecord[] = [];
  for (const [at, variant] of variants.entries()) {
    if (!json) print(`${at === 0 ? '' : '\n'}${at + 1} of ${variants.length}: ${variant.label}\n`);
    const folder = join(outFolder, variant.label);
    const { run, status } = await runDocument({
      document: variant.document,
      registry,
      registryModule,
      settings: variant.settings,
      seed: variant.seed ?? seed,
      device,
      threads,
      taskDeadlineMs,
      inputs: parseAssignments('input', options.texts('input')),
      graphFolder: dirname(resolve(path)),
      projectFolder: projectFolderFor(path),
      stateFolder,
      rooms: writingRooms(path),
      outFolder: folder,
      resume: false,
      keepGoing: false,
      json,
      junit: undefined,
      cluster,
    });
    record.variants.push({ run, values: { ...variant.values } });
    statuses.push(status);
    records.push(parseRunRecord(await readFile(join(folder, RECORD_FILE), 'utf8'), join(folder, RECORD_FILE)));
    await saveSweep(stateFolder, record);
    if (status === 'cancelled') break;
  }
  const figures = await compareFigures(records, registry, await openDiskStore(join(stateFolder, STORE_FOLDER)));
  const ended = record.variants.map((each, at) => ({ ...each, status: statuses[at], seconds: records[at]?.seconds }));
  const tests = pairedTests({ document, variants: record.variants, figures }, against);
  await keepInside(outFolder, writingRooms(path));
  const whole = { ...record, variants: ended, figures, tests };
  const file = join(outFolder, 'sweep.json');
  await writeWhole(file, `${JSON.stringify(whole, null, 2)}\n`);
  const expected = document.expect.map(({ metric }) => metric);
  if (!json) {
    const tables = [table(variants.slice(0, records.length), records, figures, expected)];
    if (tests.length > 0) tables.push(testsTable(tests, process.stdout.columns || WIDTH));
    print(`\n${tables.join('\n\n')}\nall figures: ${file}\n`);
  }
  return exitCodeOfAll(statuses);
}

function seedTwice(): UsageError {
  return new UsageError({
    code: 'usage.call',
    where: '--seed',
    expected: 'one of --seed and --vary seed',
    got: 'both',
    remedy: 'leave --seed out',
  });
}

/** @throws UsageError for a name of no node of the graph */
function nodesIn({ nodes }: GraphDocument, names: readonly string[]): readonly string[] {
  for (const name of names)
    if (!Object.hasOwn(nodes, name))
      throw new UsageError({
        code: 'usage.call',
        where: '--against',
        expected: 'a node of the graph',
        got: `"${name}"`,
        remedy: `one of ${Object.keys(nodes).join(', ')}`,
      });
  return [...new Set(names)];
}

/** The worst that a run came to. */
function exitCodeOfAll(statuses: readonly RunStatus[]): number {
  for (const worst of ['cancelled', 'failed', 'unmet'] as const) if (statuses.includes(worst)) return EXIT[worst];
  return EXIT.done;
}

/**
 * `['fit.steps=100,200']` -> `{ 'fit.steps': ['100', '200'] }`. A comma inside brackets or braces belongs to the value.
 *
 * @throws UsageError, InvalidGraph
 */
export function parseVary(texts: readonly string[]): Vary {
  if (texts.length === 0)
    throw new UsageError({
      code: 'usage.call',
      where: '--vary',
      expected: 'at least one',
      got: 'none',
      remedy: 'e.g. --vary fit.steps=100,200',
    });
  const vary: Record<string, string[]> = {};
  for (const [key, text] of parseAssignments('vary', texts)) {
    if (key !== SEED_KEY && !/^[A-Za-z][\w-]*\.[A-Za-z][\w-]*$/.test(key))
      throw new InvalidGraph([
        graphFault({
          code: 'graph.bad-value',
          where: `--vary ${key}`,
          expected: 'node.param=a,b or seed=1,2',
          got: `"${key}"`,
          remedy: 'e.g. --vary fit.steps=100,200',
        }),
      ]);
    vary[key] = splitValues(text);
  }
  return vary;
}

function splitValues(text: string): string[] {
  const values = [''];
  let depth = 0;
  for (const char of text) {
    if ('[{'.includes(char)) depth += 1;
    if (']}'.includes(char)) depth -= 1;
    if (char === ',' && depth === 0) values.push('');
    else values[values.length - 1] += char;
  }
  return values.map((value) => value.trim());
}

/** Of a pipe; a terminal says how wide it is. */
const WIDTH = 120;

/**
 * A line for each variant: what was varied, how it ended, the seconds that it takes to compute, and every figure that
 * differs or is made of what was varied, those first of which the graph expects something.
 */
function table(
  variants: readonly Variant[],
  records: readonly RunRecord[],
  figures: readonly FigureRow[],
  expected: readonly string[],
): string {
  const keys = Object.keys(variants[0]?.values ?? {});
  const ofNodes = keys.filter((key) => key !== SEED_KEY).map((key) => key.split('.')[0]);
  const varied = new Set(variants.flatMap(({ document }) => [...downstreamOf(document, ofNodes)]));
  const rank = ({ metric }: MetricRow): number => (expected.includes(metric) ? 0 : 1);
  const shown = byMetric(figures)
    .filter(({ metric, differs }) => differs || varied.has(metric.split('.')[0]))
    .sort((a, b) => rank(a) - rank(b));
  const rows = [
    [...keys, 'ended', 'computed', ...shown.map(metricTitle)],
    ...variants.map(({ values }, at) => [
      ...keys.map((key) => values[key] ?? ''),
      records[at]?.status ?? '',
      records[at] === undefined ? '' : duration(secondsComputed(records[at])),
      ...shown.map((row) => cellText(row.values[at] ?? null)),
    ]),
  ];
  return columnBlocks(rows, keys.length + 1, process.stdout.columns || WIDTH).join('\n');
}
