import { dirname } from 'node:path';
import type { DiskStore } from '@soliloquy/artifacts';
import { graphFault, InvalidGraph, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { newRunId } from '@soliloquy/runner';
import {
  compareFigures,
  compareOutputs,
  listSweeps,
  saveSweep,
  secondsComputed,
  sweepVariants,
  type SweepRecord,
  type Variant,
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
  const variants = variantsOf(document, parts.registry, vary);
  const sweep = newRunId();
  const jobs: Job[] = [];
  for (const { document: varied, set, label, seed: own, given } of variants) {
    const all = { ...inputs, ...given };
    const wishes = { size, seed: own ?? seed, inputs: all, set: { ...set }, target: { kind: 'all' } } as const;
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

const INPUT = 'inputs.';
/** What the runner makes at most, and how long a folder's name becomes. */
const [MOST_VARIANTS, LONGEST_LABEL] = [200, 120];

/** A variant, with what it is given for inputs of the graph. */
type GivenVariant = Variant & { readonly given: Readonly<Record<string, string>> };

/** Every combination of what the runner varies, for every combination of what inputs are given. @throws Refused 422 */
function variantsOf(document: GraphDocument, registry: StageRegistry, vary: SweepRequest['vary']): GivenVariant[] {
  const isInput = (key: string): boolean => key.startsWith(INPUT) && !Object.hasOwn(document.nodes, INPUT.slice(0, -1));
  const ofInputs = Object.entries(vary).filter(([key]) => isInput(key));
  const rest = Object.fromEntries(Object.entries(vary).filter(([key]) => !isInput(key)));
  try {
    const variants = sweepVariants(document, registry, rest);
    let given: Record<string, string>[] = [{}];
    for (const [key, values] of ofInputs)
      given = given.flatMap((before) => [...new Set(values)].map((value) => ({ ...before, [key]: value })));
    const count = variants.length * given.length;
    if (count > MOST_VARIANTS)
      throw new InvalidGraph([
        graphFault({
          code: 'graph.bad-value',
          where: 'vary',
          expected: `up to ${MOST_VARIANTS} combinations`,
          got: String(count),
          remedy: 'vary less at once',
        }),
      ]);
    return given.flatMap((values, at) =>
      variants.map((variant): GivenVariant => ({
        ...variant,
        values: inOrderOf(vary, { ...values, ...variant.values }),
        given: Object.fromEntries(Object.entries(values).map(([key, value]) => [key.slice(INPUT.length), value])),
        label: ofInputs.length === 0 ? variant.label : labelled(at + 1, variant.label),
      })),
    );
  } catch (error) {
    if (error instanceof InvalidGraph) throw refusedGraph(error);
    throw error;
  }
}

/** As they were asked for: titles of columns are made of them. */
function inOrderOf(vary: SweepRequest['vary'], values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(vary).flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])),
  );
}

/** A folder's name: what inputs are given may be a whole sentence, so it is their number. */
function labelled(number: number, label: string): string {
  return `inputs-${number}${label === '' ? '' : `,${label}`}`.slice(0, LONGEST_LABEL);
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
      const ended = records[at];
      return {
        run,
        values,
        status,
        seconds: ended?.seconds ?? null,
        secondsComputed: ended === undefined ? null : secondsComputed(ended),
      };
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
