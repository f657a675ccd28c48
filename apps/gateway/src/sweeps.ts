import { dirname } from 'node:path';
import type { DiskStore } from '@soliloquy/artifacts';
import { InvalidGraph, type StageRegistry } from '@soliloquy/graph';
import { newRunId } from '@soliloquy/runner';
import {
  compareFigures,
  compareOutputs,
  listSweeps,
  saveSweep,
  sweepVariants,
  type SweepRecord,
} from '@soliloquy/runner/compare';
import type { RunRecord } from '@soliloquy/runner/record';
import { checkSeen, jobFrom, prepareOrRefuse, type AskingParts } from './asking.ts';
import { refusedGraph } from './documents.ts';
import type { Sweep, SweepList, SweepRequest } from './protocol/index.ts';
import { Refused } from './refusal.ts';
import type { RunArchive } from './run-archive.ts';
import type { Job, RunQueue } from './run-queue.ts';

/** Puts every combination of a sweep into the queue, once all of them are known to be able to run. @throws Refused */
export async function beginSweep(
  parts: AskingParts,
  queue: RunQueue,
  { path, digest, size, seed, inputs, vary }: SweepRequest,
): Promise<SweepRecord> {
  const { path: real, bytes, document } = await parts.documents.load(path);
  checkSeen(path, bytes, digest);
  const variants = (() => {
    try {
      return sweepVariants(document, parts.registry, vary);
    } catch (error) {
      if (error instanceof InvalidGraph) throw refusedGraph(error);
      throw error;
    }
  })();
  const sweep = newRunId();
  const jobs: Job[] = [];
  for (const { document: varied, set, label } of variants) {
    const wishes = { size, seed, inputs, set: { ...set }, target: { kind: 'all' } } as const;
    const asked = await prepareOrRefuse(parts, varied, dirname(real), wishes);
    jobs.push(
      await jobFrom(
        parts,
        { ...wishes, run: uniqueRun(jobs), path, document: varied, keepGoing: false, sweep, variant: label },
        asked,
      ),
    );
  }
  const record: SweepRecord = {
    sweep,
    graph: document.name,
    startedAt: new Date().toISOString(),
    vary: Object.fromEntries(Object.entries(vary).map(([key, values]) => [key, [...values]])),
    variants: jobs.map(({ run }, at) => ({ run, values: { ...(variants[at] as (typeof variants)[number]).values } })),
  };
  await saveSweep(parts.stateFolder, record);
  for (const each of jobs) queue.add(each);
  return record;
}

/** Ids that are made within one second differ by chance alone. */
function uniqueRun(jobs: readonly Job[]): string {
  for (;;) {
    const run = newRunId();
    if (!jobs.some((each) => each.run === run)) return run;
  }
}

export async function sweepList(stateFolder: string): Promise<SweepList> {
  return {
    sweeps: (await listSweeps(stateFolder)).map(({ sweep, graph, startedAt, vary, variants }) => ({
      sweep,
      graph,
      startedAt,
      vary,
      runs: variants.length,
    })),
  };
}

/** A sweep with what its runs came to so far. @throws Refused 404 */
export async function describeSweep(
  stateFolder: string,
  id: string,
  queue: RunQueue,
  archive: RunArchive,
  registry: StageRegistry,
  store: DiskStore,
): Promise<Sweep> {
  const record = (await listSweeps(stateFolder)).find(({ sweep }) => sweep === id);
  if (record === undefined)
    throw new Refused(404, {
      code: 'gateway.not-found',
      where: `sweeps.${id.slice(0, 60)}`,
      expected: 'a sweep of this project',
      got: 'none',
      remedy: 'look at the list of sweeps',
    });
  const records = await Promise.all(record.variants.map(({ run }) => archive.record(run).catch(() => undefined)));
  const runs = records.map((each): RunRecord => each ?? NOTHING);
  return {
    sweep: record.sweep,
    graph: record.graph,
    startedAt: record.startedAt,
    vary: record.vary,
    variants: record.variants.map(({ run, values }, at) => {
      const state = queue.find(run)?.state.kind;
      const status =
        state === 'waiting' || state === 'held'
          ? ('waiting' as const)
          : state === 'running' || state === 'stopping'
            ? ('running' as const)
            : (records[at]?.status ?? 'interrupted');
      return { run, values, status, seconds: records[at]?.seconds ?? null };
    }),
    figures: (await compareFigures(runs, registry, store)).map((row) => ({
      ...row,
      element: { ...row.element },
      values: [...row.values],
    })),
    outputs: (await compareOutputs(runs, registry, store)).map((row) => ({ ...row, runs: [...row.runs] })),
  };
}

/** In the place of a run that left no record yet: it has no tasks and no outputs. */
const NOTHING = {
  run: '',
  status: 'cancelled',
  name: '',
  size: '',
  seed: 0,
  set: {},
  inputs: {},
  startedAt: '',
  seconds: 0,
  executed: 0,
  cached: 0,
  nodes: {},
  outputs: {},
  versions: {},
  expectations: [],
  failures: [],
  tasks: [],
  graph: {
    format: 1,
    name: 'none',
    seed: 0,
    size: 'small',
    inputs: {},
    nodes: {},
    edges: [],
    outputs: {},
    sizes: {},
    expect: [],
    cells: [],
    groups: [],
    comments: [],
    layout: {},
  },
} satisfies RunRecord;
