import type { ArtifactStore } from '@soliloquy/artifacts';
import type { StageRegistry } from '@soliloquy/graph';
import { byMetric, compareFigures, compareOutputs, diffRuns, secondsComputed } from '@soliloquy/runner/compare';
import type { RunRecord } from '@soliloquy/runner/record';
import { forgetRun, labelRun, readBaselines, readRunLabel, setBaseline } from '@soliloquy/runner/runs';
import type { LabelRequest, ListedRun, RunList } from './protocol/index.ts';
import { Refused } from './refusal.ts';
import type { RunArchive } from './run-archive.ts';

/** What a list of runs is made of. */
export interface ListParts {
  readonly archive: RunArchive;
  readonly registry: StageRegistry;
  readonly store: ArtifactStore;
  readonly stateFolder: string;
}

interface Findings {
  readonly metrics: RunList['metrics'];
  readonly figures: Readonly<Record<string, number>>;
  readonly look: ListedRun['look'];
}

/** By record, which the archive reads once: figures and outputs are files of the store. */
const found = new WeakMap<RunRecord, Promise<Findings>>();

/**
 * The latest runs, of one graph or of all, with what a person says of each and what tells it from the others.
 *
 * @param running which of them are under way here
 */
export async function listRuns(
  parts: ListParts,
  graph: string | undefined,
  running: (run: string) => boolean,
): Promise<RunList> {
  const { archive, stateFolder } = parts;
  const { runs: alone } = await archive.list(graph, running);
  const baselines = await readBaselines(stateFolder);
  const metrics = new Map<string, RunList['metrics'][number]>();
  const runs: ListedRun[] = [];
  for (const [at, each] of alone.entries()) {
    const record = each.seconds === null ? undefined : await recordOf(archive, each.run);
    const findings = record && (await findingsOf(parts, record));
    for (const metric of findings?.metrics ?? []) if (!metrics.has(metric.metric)) metrics.set(metric.metric, metric);
    const baseline = baselines.get(each.graph);
    const before = baseline ?? alone.slice(at + 1).find((older) => older.graph === each.graph)?.run;
    runs.push({
      ...each,
      ...(await readRunLabel(stateFolder, each.run)),
      baseline: baseline === each.run,
      complete: record !== undefined && isWhole(record),
      secondsComputed: record === undefined ? null : secondsComputed(record),
      differs: record === undefined ? null : await differing(archive, record, before),
      backbones: Object.fromEntries(
        Object.entries(record?.nodes ?? {}).map(([node, { backbone }]) => [node, backbone]),
      ),
      figures: { ...findings?.figures },
      look: findings?.look ?? null,
    });
  }
  return { runs, metrics: [...metrics.values()] };
}

/** Names a run, or makes it its graph's baseline. @throws Refused 404, 422 for a baseline without a record */
export async function changeLabel(
  { archive, stateFolder }: Pick<ListParts, 'archive' | 'stateFolder'>,
  run: string,
  { baseline, ...label }: LabelRequest,
): Promise<void> {
  await archive.describe(run, false);
  if (Object.keys(label).length > 0) await labelRun(stateFolder, run, label);
  if (baseline === undefined) return;
  const record = await archive.record(run);
  if (baseline) await setBaseline(stateFolder, record.name, run);
  else if ((await readBaselines(stateFolder)).get(record.name) === run)
    await setBaseline(stateFolder, record.name, undefined);
}

/** @param busy whether it waits, is held or runs; @throws Refused 404, 409 for one that has not ended */
export async function forgetEnded(
  { archive, stateFolder }: Pick<ListParts, 'archive' | 'stateFolder'>,
  run: string,
  busy: boolean,
): Promise<void> {
  // One that waits has left nothing yet.
  if (busy || (await archive.describe(run, false)).status === 'running')
    throw new Refused(409, {
      code: 'gateway.run-busy',
      where: `runs.${run}`,
      expected: 'a run that has ended',
      got: 'one that waits or is under way',
      remedy: 'cancel it first',
    });
  await forgetRun(stateFolder, run);
}

function recordOf(archive: RunArchive, run: string): Promise<RunRecord | undefined> {
  return archive.record(run).catch(() => undefined);
}

/** A record names a target where only a part of the graph was asked for. */
function isWhole({ status, target }: RunRecord): boolean {
  return target === undefined && (status === 'done' || status === 'unmet');
}

async function differing(
  archive: RunArchive,
  record: RunRecord,
  from: string | undefined,
): Promise<ListedRun['differs']> {
  if (from === undefined || from === record.run) return null;
  const before = await recordOf(archive, from);
  return before === undefined ? null : { from, changes: diffRuns(before, record) };
}

function findingsOf({ registry, store }: ListParts, record: RunRecord): Promise<Findings> {
  const known = found.get(record);
  if (known !== undefined) return known;
  const finding = (async (): Promise<Findings> => {
    const rows = await compareFigures([record], registry, store);
    const about = new Map(rows.map((row) => [row.metric, row]));
    const means = byMetric(rows);
    const outputs = await compareOutputs([record], registry, store);
    const shown = outputs.find(({ as }) => as === 'video') ?? outputs.find(({ as }) => as === 'image');
    const look = shown?.runs[0];
    return {
      metrics: means.map(({ metric }) => {
        const { unit, better } = about.get(metric) ?? {};
        return { metric, ...(unit !== undefined && { unit }), ...(better !== undefined && { better }) };
      }),
      figures: Object.fromEntries(
        means.flatMap(({ metric, values: [value] }) =>
          value === null || value === undefined ? [] : [[metric, value]],
        ),
      ),
      look: look ? { digest: look.digest, file: look.file } : null,
    };
  })();
  found.set(record, finding);
  return finding;
}
