import { join } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import {
  changeLabel,
  forgetEnded,
  listRuns,
  RunArchive,
  type LabelRequest,
  type ListedRun,
  type RunList,
} from '@soliloquy/gateway/runs';
import { keepStateInside } from '@soliloquy/runner';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import { EXIT } from '../exit-code.ts';
import { cellText, columnLines } from '../figure-table.ts';
import { openInstallation } from '../open-installation.ts';
import { parseOptions, type ParsedOptions } from '../parse-options.ts';
import { print } from '../print.ts';
import { HERE, projectFolderFor, stateFolderFor, writingRooms } from '../project.ts';
import { runById } from '../run-by-id.ts';
import { duration } from '../show.ts';
import { UsageError } from '../usage-error.ts';

/** Changes that a line names. */
const NAMED = 2;

/** `soliloquy runs [GRAPH]` lists the project's runs as the notebook does; `soliloquy runs RUN --name …` labels one. */
export async function execute(args: readonly string[]): Promise<number> {
  const options = parseOptions('runs', args, [0, 1]);
  const [what] = options.positionals;
  const stateFolder = stateFolderFor(HERE, options.text('store'));
  const label = labelOf(options);
  if (label !== undefined || options.flag('delete')) {
    if (what === undefined) throw lacksRun();
    await keepStateInside(stateFolder, writingRooms(HERE));
    const run = await runById(what, stateFolder, 'soliloquy runs');
    const parts = { archive: new RunArchive(stateFolder), stateFolder };
    if (label !== undefined) await changeLabel(parts, run, label);
    if (options.flag('delete')) await forgetEnded(parts, run, false);
    return EXIT.done;
  }
  const { registry } = await openInstallation(projectFolderFor(HERE), options);
  const store = await openDiskStore(join(stateFolder, STORE_FOLDER));
  const list = await listRuns(
    { archive: new RunArchive(stateFolder), registry, store, stateFolder },
    what,
    () => false,
  );
  if (options.flag('json')) print(`${JSON.stringify(list, null, 2)}\n`);
  else
    print(
      linesOf(list, figuresOf(list, options.texts('figure')))
        .map((line) => `${line}\n`)
        .join(''),
    );
  return EXIT.done;
}

/** What a call says of a run; `undefined` where it says nothing. @throws UsageError */
function labelOf(options: ParsedOptions): LabelRequest | undefined {
  const [name, note] = [options.text('name'), options.text('note')];
  if (options.flag('baseline') && options.flag('no-baseline'))
    throw new UsageError({
      code: 'usage.call',
      where: 'soliloquy runs',
      expected: '--baseline or --no-baseline',
      got: 'both',
      remedy: 'give one',
    });
  const baseline = options.flag('baseline') ? true : options.flag('no-baseline') ? false : undefined;
  if (name === undefined && note === undefined && baseline === undefined) return undefined;
  return {
    ...(name !== undefined && { name }),
    ...(note !== undefined && { note }),
    ...(baseline !== undefined && { baseline }),
  };
}

function lacksRun(): UsageError {
  return new UsageError({
    code: 'usage.call',
    where: 'soliloquy runs',
    expected: 'the id of a run, or its beginning',
    got: 'none',
    remedy: 'soliloquy runs lists them',
  });
}

/** @throws UsageError for a metric that no run has */
function figuresOf({ metrics }: RunList, wanted: readonly string[]): readonly string[] {
  for (const metric of wanted)
    if (!metrics.some((each) => each.metric === metric))
      throw new UsageError({
        code: 'usage.call',
        where: '--figure',
        expected: metrics.map((each) => each.metric).join(', ') || 'none: no run has figures',
        got: `"${metric}"`,
        remedy: 'name one of them',
      });
  return wanted;
}

/** A line for each run; below it its note. */
function linesOf({ runs }: RunList, figures: readonly string[]): string[] {
  if (runs.length === 0) return ['no runs'];
  const rows = [
    ['', 'run', 'graph', 'name', 'ended', 'size', 'seed', 'computed', ...figures, 'differs'],
    ...runs.map((run) => [
      run.baseline ? '*' : '',
      run.run,
      run.graph,
      run.name ?? '',
      run.status,
      run.size,
      String(run.seed),
      run.secondsComputed === null ? '' : duration(run.secondsComputed),
      ...figures.map((metric) => cellText(run.figures[metric] ?? null)),
      changesOf(run),
    ]),
  ];
  const width = rows[0].length;
  // what differs is flush left and last: it may be long
  const lines = columnLines(
    rows.map((row) => row.slice(0, -1)),
    6,
  );
  const start = Math.max(...lines.map((line) => line.length));
  return lines.flatMap((line, at) => {
    const note = at === 0 ? undefined : runs[at - 1].note;
    const text = `${line.padEnd(start)}  ${rows[at][width - 1]}`.trimEnd();
    return note === undefined ? [text] : [text, ...note.split('\n').map((part) => `   ${part}`)];
  });
}

function changesOf({ differs, baseline }: ListedRun): string {
  if (baseline) return 'the baseline (*)';
  if (differs === null) return '';
  const { changes } = differs;
  if (changes.length === 0) return 'nothing';
  const more = changes.length - NAMED;
  return `${changes.slice(0, NAMED).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
}
