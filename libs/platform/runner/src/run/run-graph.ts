import { join } from 'node:path';
import { isArtifactLost, sha256, type ArtifactRef, type ArtifactStore, type StoredOutputs } from '@soliloquy/artifacts';
import {
  checkExpectations,
  parsePortReference,
  type ElementMetrics,
  type ExpectationRow,
  type LicenceBehind,
} from '@soliloquy/graph';
import { carryGraph, type CarriedGraph } from '@soliloquy/graph/carried';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import type { Metrics } from '@soliloquy/ports';
import { metrics as metricsPort } from '@soliloquy/ports/metrics';
import { History } from '../kept/history.ts';
import type { ImportedInput } from '../kept/import-inputs.ts';
import { Journal, runIdentity, type RunLog } from '../kept/journal.ts';
import { keepInside, type WritingRooms } from '../kept/keep-inside.ts';
import { licencesBehind } from '../kept/licences-behind.ts';
import { formerOutputs, outputFiles, proveWritable, removeFormerOutputs, writeWhole } from '../kept/out-folder.ts';
import { RUNS_FOLDER, type RunRecord } from '../kept/record-schema.ts';
import { runRecord } from '../kept/run-record.ts';
import type { PreparedGraph } from '../plan/prepare.ts';
import { proveTermsAccepted, settleModels } from '../plan/settle-models.ts';
import { CancelledError } from '../transport/task-error.ts';
import type { Transport } from '../transport/transport.ts';
import { ElementLoop, failureOf, type ElementFailure, type FinishedElement } from './element-loop.ts';
import type { RunEvent, RunListener, RunStatus } from './events.ts';

export interface RunOptions {
  readonly graph: PreparedGraph;
  /** As `importInputs` gives them. */
  readonly inputs: ReadonlyMap<string, ImportedInput>;
  readonly store: ArtifactStore;
  readonly transport: Transport;
  /** Of the project: journals and history. */
  readonly stateFolder: string;
  /** Where outputs and `run.json` go, e.g. `out/quickstart`. */
  readonly outFolder: string;
  /** Folders that nothing is written out of over a link, where the out folder is named in one of them. */
  readonly rooms?: WritingRooms;
  /** Path by name of outputs that go elsewhere than into `outFolder`. */
  readonly places?: ReadonlyMap<string, string>;
  /** Under which id; a new one when left out. One that there was is taken up again. */
  readonly run?: string;
  /** Continue the run that did not finish, under its id. What it finished is not run again, with or without. */
  readonly resume?: boolean;
  readonly keepGoing?: boolean;
  /** Instead of a journal in `stateFolder`. */
  readonly openLog?: (identity: string, graph: string, resume: boolean) => Promise<RunLog>;
  /** Names and versions for `run.json`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Signs what leaves the store, on its way out; it leaves as it is when left out. */
  readonly seal?: Seal;
  readonly signal: AbortSignal;
  readonly listen: RunListener;
}

/** What a run came to. */
export interface RunSummary {
  readonly run: string;
  readonly status: RunStatus;
  readonly seconds: number;
  readonly executed: number;
  readonly cached: number;
  readonly failures: readonly ElementFailure[];
  readonly expectations: readonly ExpectationRow[];
  /** Written files, by name in the out folder, with the licences of others that stand behind each, if any. */
  readonly outputs: readonly {
    readonly name: string;
    readonly path: string;
    readonly digest: string;
    readonly licences?: readonly LicenceBehind[];
  }[];
  /** Every node's metrics. */
  readonly metrics: Readonly<Record<string, readonly ElementMetrics[]>>;
  readonly tasks: readonly FinishedElement[];
}

/** A file that leaves the store for a person, with all that may be said of how it was made. */
export interface LeavingFile {
  readonly name: string;
  /** with its graph in it */
  readonly bytes: Uint8Array;
  /** sha256 of the artifact that it is a file of */
  readonly artifact: string;
  readonly carried: CarriedGraph;
  /** Type and digest of what was given, by name of the input. */
  readonly given: Readonly<Record<string, { readonly type: string; readonly digest: string }>>;
  /** The task that made it. */
  readonly task: { readonly stage: string; readonly params: Readonly<Record<string, unknown>>; readonly key: string };
  readonly versions: Readonly<Record<string, string>>;
}

/** What may be put into a file that leaves, or beside it. The same file gives the same. */
export type Seal = (file: LeavingFile) => Promise<{
  readonly bytes: Uint8Array;
  /** what lies beside it, under its name and this ending */
  readonly sidecar?: { readonly ending: string; readonly bytes: Uint8Array };
}>;

type Written = RunSummary['outputs'][number] & {
  readonly file: string;
  readonly from: string;
  readonly licences: readonly LicenceBehind[];
  /** sha256 of what was written, by file: it, and what lies beside it */
  readonly files: ReadonlyMap<string, string>;
};

/**
 * Runs a graph: every task that is not in the cache, then its outputs, its expectations and `run.json`.
 * Failed and cancelled runs leave their `run.json` too; what they finished stays in the store.
 *
 * @throws OutputError when the out folder cannot or may not be written, Fault `model.missing` when a model that it
 *   needs is not here, `licence.not-accepted` (before anything runs)
 */
export async function runGraph(given: RunOptions): Promise<RunSummary> {
  proveTermsAccepted(given.graph);
  const graph = await settleModels(given.graph, 'refuse');
  const options = { ...given, graph };
  const { inputs, store, signal } = options;
  await proveWritable(options.outFolder, '--out', options.rooms);
  const digests = new Map([...inputs].map(([name, { ref }]) => [name, ref.digest]));
  const identity = identityOf(graph, digests);
  const journal =
    options.openLog === undefined
      ? Journal.open(options.stateFolder, identity, options)
      : await options.openLog(identity, graph.document.name, options.resume ?? false);
  const history = await History.open(options.stateFolder, graph.document.name);
  const startedAt = new Date();
  const started = performance.now();
  const listen = (event: RunEvent): void => {
    journal.append(event);
    options.listen(event);
  };
  listen({
    type: 'run-started',
    run: journal.run,
    graph: graph.document.name,
    size: graph.size,
    seed: graph.seed,
    nodes: graph.nodes.map(({ name }) => name),
    resumed: journal.resumed,
  });

  const loop = new ElementLoop({
    graph,
    inputs: digests,
    store,
    transport: options.transport,
    history,
    keepGoing: options.keepGoing ?? false,
    signal,
    listen,
  });
  const { status, written, metrics, expectations, failures } = await runToEnd(options, loop, listen);
  await history.save();
  const tasks = loop.finished();
  const seconds = (performance.now() - started) / 1000;
  const executed = tasks.filter(({ cached }) => !cached).length;
  const counts = { status, seconds, executed, cached: tasks.length - executed };
  // A run that made no outputs leaves those of an earlier one where they are; its record says that they are not its
  // own, and a later run knows what to remove.
  const left = written.length > 0 ? new Map<string, string>() : await formerOutputs(options.outFolder);
  const facts = {
    run: journal.run,
    resumed: journal.resumed,
    status,
    graph,
    versions: options.versions,
    inputs,
    startedAt,
    seconds,
    tasks,
    outputs: written.map(({ name, digest, file, from, licences }) => ({ name, digest, file, from, licences })),
    files: written.length > 0 ? new Map(written.flatMap(({ files }) => [...files])) : left,
    formerOutputs: [...left.keys()],
    expectations,
    failures: failures.map(({ node: _node, stack: _stack, ...failure }) => failure),
  };
  const record = await writeRecord(options, journal.run, jsonText(runRecord(facts)));
  listen({ type: 'run-finished', run: journal.run, ...counts, record });
  await journal.close();
  return {
    run: journal.run,
    ...counts,
    failures,
    expectations,
    outputs: written.map(shown),
    metrics,
    tasks,
  };
}

function shown({ name, path, digest, licences }: Written): RunSummary['outputs'][number] {
  return { name, path, digest, ...(licences.length > 0 && { licences }) };
}

/** What a run came to, apart from its tasks. */
interface Ending {
  readonly status: RunStatus;
  readonly written: readonly Written[];
  readonly metrics: RunSummary['metrics'];
  readonly expectations: readonly ExpectationRow[];
  readonly failures: readonly ElementFailure[];
}

/** Runs what is left, writes the outputs and checks the expectations. Throws nothing: what fails is a failure. */
async function runToEnd(
  { graph, inputs, store, outFolder, rooms, places, versions, seal }: RunOptions,
  loop: ElementLoop,
  listen: (event: RunEvent) => void,
): Promise<Ending> {
  let written: Written[] = [];
  let metrics: RunSummary['metrics'] = {};
  const ended = (status: RunStatus, failures: ElementFailure[] = [], expectations: ExpectationRow[] = []): Ending => ({
    status,
    written,
    metrics,
    expectations,
    failures,
  });
  let expectations: ExpectationRow[] = [];
  try {
    for (;;) {
      await loop.settle();
      if (loop.failures.length > 0) return ended('failed', [...loop.failures]);
      try {
        metrics = await readMetrics(graph, loop, store);
        // Again: hours may have gone by since it was proved.
        if (rooms !== undefined) await keepInside(outFolder, rooms);
        written = await writeOutputs({ graph, inputs, store, outFolder, places, versions, seal }, loop, listen);
        break;
      } catch (thrown) {
        // A damaged artifact that no task had to read is noticed only here.
        if (!(isArtifactLost(thrown) && (await loop.heal(thrown)))) throw thrown;
      }
    }
    expectations = checkExpectations(graph.document, graph.size, metrics);
    for (const row of expectations) listen({ type: 'expectation', row });
    return ended(expectations.some(({ holds }) => !holds) ? 'unmet' : 'done', [], expectations);
  } catch (thrown) {
    if (thrown instanceof CancelledError) return ended('cancelled', [], expectations);
    return ended('failed', [failureOf('', 'run', thrown)], expectations);
  }
}

/** Writes `run.json`. @returns its path, `null` where it could not be written */
async function writeRecord(
  { stateFolder, outFolder, rooms }: RunOptions,
  run: string,
  text: string,
): Promise<string | null> {
  const record = join(outFolder, RECORD_FILE);
  // A second one beside the journal stays when the next run writes the first anew: runs are compared by it.
  await writeWhole(join(stateFolder, RUNS_FOLDER, run, RECORD_FILE), text).catch(() => {});
  const allowed = rooms === undefined ? Promise.resolve() : keepInside(outFolder, rooms);
  return allowed
    .then(() => writeWhole(record, text))
    .then(
      () => record,
      () => null,
    );
}

/** What makes two runs the same for `resume`. */
export function identityOf(graph: PreparedGraph, inputs: ReadonlyMap<string, string>): string {
  return runIdentity({
    document: graph.document,
    size: graph.size,
    set: graph.settings.set ?? {},
    seed: graph.seed,
    inputs: Object.fromEntries(inputs),
  });
}

/** Order of keys as `runRecord` states it: it is read by people. */
function jsonText(record: RunRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

async function readMetrics(
  graph: PreparedGraph,
  loop: ElementLoop,
  store: ArtifactStore,
): Promise<Record<string, ElementMetrics[]>> {
  const byNode: Record<string, ElementMetrics[]> = Object.create(null);
  for (const node of graph.nodes) {
    for (const [port, spec] of Object.entries(node.stage.outputs)) {
      if (spec.type.id !== metricsPort.id) continue;
      for (const { id, outputs } of loop.finishedOf(node.name)) {
        const stored = outputs[port] ?? null;
        for (const [step, ref] of (stored === null ? [] : 'digest' in stored ? [stored] : stored).entries()) {
          const { values } = (await spec.type.decode(await store.get(ref.digest))) as Metrics;
          const element = Object.fromEntries(node.axes.map((axis, at) => [axis, id.index[at]]));
          (byNode[node.name] ??= []).push({
            element: spec.makes === undefined ? element : { ...element, [spec.makes]: step },
            values,
          });
        }
      }
    }
  }
  return byNode;
}

/** What the outputs of a run carry: equal runs give equal files, so nothing of the clock or the run's id. */
function carriedBy(
  { graph, inputs }: Pick<RunOptions, 'graph' | 'inputs'>,
  from: string,
  licences: readonly LicenceBehind[],
): CarriedGraph {
  return {
    document: graph.source,
    size: graph.size,
    seed: graph.seed,
    set: graph.settings.set ?? {},
    inputs: Object.fromEntries([...inputs].map(([name, { ref }]) => [name, ref.digest])),
    from,
    licences,
  };
}

/** Films, pictures and reports carry their graph: they differ from the stored artifact in that alone. */
async function writeOutputs(
  options: Pick<RunOptions, 'graph' | 'inputs' | 'store' | 'outFolder' | 'places' | 'versions' | 'seal'>,
  loop: ElementLoop,
  listen: RunListener,
): Promise<Written[]> {
  const { graph, inputs, store, outFolder: folder, places } = options;
  const written: Written[] = [];
  const behind = licencesBehind(graph, inputs);
  for (const [name, from] of Object.entries(graph.document.outputs)) {
    const { node, port } = parsePortReference(from);
    const licences = behind.get(node) ?? [];
    const tasks = loop.finishedOf(node);
    const elements = tasks.map(({ id, outputs, previews }) => ({ index: id.index, outputs, previews }));
    for (const { name: fileName, ref, file } of outputFiles(name, port, elements)) {
      const path = places?.get(fileName) ?? join(folder, fileName);
      const carried = carriedBy(options, from, licences);
      const bytes = carryGraph(await store.readFile(ref.digest, file), carried);
      const maker = tasks.find(({ outputs }) => refsOf(outputs[port]).some(({ digest }) => digest === ref.digest));
      const files = await writeSealed(path, options, {
        name: fileName,
        bytes,
        artifact: ref.digest,
        carried,
        given: Object.fromEntries(
          [...inputs].map(
            ([
              input,
              {
                ref: { type, digest },
              },
            ]) => [input, { type, digest }],
          ),
        ),
        task: taskOf(graph, node, maker?.key ?? ''),
        versions: options.versions,
      });
      written.push({ name: fileName, path, digest: ref.digest, file, from, licences, files });
    }
  }
  const here = written.filter(({ name, path }) => path === join(folder, name));
  await removeFormerOutputs(folder, new Set(here.flatMap(({ files }) => [...files.keys()])));
  for (const each of written) listen({ type: 'output-written', ...shown(each) });
  return written;
}

/** Writes a file that leaves, sealed, and what lies beside it. @returns sha256 by name */
async function writeSealed(
  path: string,
  { seal }: Pick<RunOptions, 'seal'>,
  file: LeavingFile,
): Promise<ReadonlyMap<string, string>> {
  const { bytes, sidecar } = (await seal?.(file)) ?? { bytes: file.bytes };
  await writeWhole(path, bytes);
  if (sidecar === undefined) return new Map([[file.name, sha256(bytes)]]);
  await writeWhole(`${path}${sidecar.ending}`, sidecar.bytes);
  return new Map([
    [file.name, sha256(bytes)],
    [`${file.name}${sidecar.ending}`, sha256(sidecar.bytes)],
  ]);
}

function taskOf(graph: PreparedGraph, name: string, key: string): LeavingFile['task'] {
  const node = graph.nodes.find((each) => each.name === name);
  return { stage: node?.stage.id ?? '', params: node?.params ?? {}, key };
}

function refsOf(stored: StoredOutputs[string] | undefined): readonly ArtifactRef[] {
  return stored === undefined || stored === null ? [] : 'digest' in stored ? [stored] : stored;
}
