import { join } from 'node:path';
import { openDiskStore } from '@soliloquy/artifacts';
import { personalInputs, type Consent } from '@soliloquy/content-credentials/seal';
import { availableCores } from '@soliloquy/device';
import type { GraphDocument, Settings, StageRegistry } from '@soliloquy/graph';
import {
  confinedTo,
  confineParams,
  importInputs,
  keepInside,
  keepStateInside,
  planGraph,
  prepareGraph,
  proveWritable,
  runGraph,
  WorkerPool,
  writeWhole,
  type RunOptions,
  type RunSummary,
  type WritingRooms,
} from '@soliloquy/runner';
import type { ClusterAccess } from '@soliloquy/runner/cluster';
import { STORE_FOLDER } from '@soliloquy/runner/record';
import type { Device } from '@soliloquy/stage';
import { askForTerms, personHere } from './ask-for-terms.ts';
import { buildStale } from './build-stale.ts';
import { settleConsent } from './consents.ts';
import { EXIT } from './exit-code.ts';
import { junitOfRun } from './junit.ts';
import { complain, print } from './print.ts';
import { proveSystemsHere } from './prove-systems.ts';
import { sealHere } from './sealing.ts';
import { showJson } from './show-json.ts';
import { showLines } from './show-lines.ts';
import { showTerminal } from './show-terminal.ts';
import { complaints, type Show } from './show.ts';
import { STOP_SIGNALS, whenHandingOverEnds } from './stop-signals.ts';
import { readUserSettings } from './user-settings.ts';
import { installedVersions } from './versions.ts';

export interface RunRequest {
  readonly document: GraphDocument;
  readonly registry: StageRegistry;
  /** Exports the same stages; workers import it. */
  readonly registryModule: string;
  readonly settings: Settings;
  readonly seed: number | undefined;
  readonly device: Device;
  /**
   * That tasks may use together, and with which those are planned of which results depend on it; all cores when left
   * out.
   */
  readonly threads?: number;
  /** How long a task may take; a day when left out. */
  readonly taskDeadlineMs?: number;
  readonly inputs: ReadonlyMap<string, string>;
  /** To which default paths in the document are relative. */
  readonly graphFolder: string;
  /** The graph's: what the document names and no person gave is read nowhere else. */
  readonly projectFolder: string;
  readonly stateFolder: string;
  readonly outFolder: string;
  /** Folders that nothing is written out of over a link. */
  readonly rooms: WritingRooms;
  /** Path by name of outputs that go elsewhere. */
  readonly places?: ReadonlyMap<string, string>;
  readonly resume: boolean;
  readonly keepGoing: boolean;
  readonly json: boolean;
  readonly junit: string | undefined;
  /** Who agreed to be shown and heard, as `--consent` says. */
  readonly consent?: Consent;
  /** Where there is one the workers of this cluster do the tasks. */
  readonly cluster?: ClusterAccess;
}

/** Everything must be gone two seconds after Ctrl-C: by then what still hangs is left to the system. */
const HARD_STOP_MS = 1900;

/**
 * Runs a document here or on a cluster, shows how it goes, and writes the reports that were asked for.
 *
 * @throws Fault `licence.not-accepted`, `build.failed` and those of `proveSystemsHere`, InvalidGraph, InputError,
 *   OutputError, StoreError, ClusterError: before anything runs
 */
export async function runDocument(request: RunRequest): Promise<RunSummary> {
  const { document, registry, settings } = request;
  const threads = request.threads ?? availableCores();
  const graph = prepareGraph(document, registry, settings, request.seed, { device: request.device, threads });
  if (!request.json) for (const note of graph.notes) complain(`${note}\n`);
  await askForTerms(graph, request.json ? undefined : personHere());
  // Over a cluster the workers compute.
  if (request.cluster === undefined) await buildStale(['kernels']);
  const stop = new AbortController();
  const { rooms } = request;
  await keepInside(request.outFolder, rooms);
  await keepStateInside(request.stateFolder, { ...rooms, option: '--store' });
  const { store, transport, openLog, close } = await openPlace(request, threads, () => stop.abort());
  let inputs: Awaited<ReturnType<typeof importInputs>>;
  let consent: Consent | undefined;
  try {
    await confineParams(graph, request.projectFolder);
    const confine = confinedTo(request.projectFolder);
    const { inputs: named, graphFolder, registryModule } = request;
    inputs = await importInputs(document, registry, named, graphFolder, store, { confine, registryModule });
    const digests = new Map([...inputs].map(([name, { ref }]) => [name, ref.digest]));
    // Over a cluster the workers have them.
    if (request.cluster === undefined)
      await proveSystemsHere(graph, () => planGraph(graph, digests, store, request.stateFolder));
    // It makes the folder: nothing of a run that cannot start shall be left.
    await proveWritable(request.outFolder, '--out', rooms);
    const given = Object.fromEntries([...inputs].map(([name, { ref }]) => [name, ref]));
    consent = await settleConsent(personalInputs(given), request.consent, request.json ? undefined : personHere());
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const show = chooseShow(request.json, request.outFolder);
  const onSignal = (): void => {
    stop.abort();
    setTimeout(() => {
      show.close();
      void close().finally(() => process.exit(EXIT.cancelled));
    }, HARD_STOP_MS).unref();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  whenHandingOverEnds(onSignal);
  try {
    const summary = await runGraph({
      graph,
      inputs,
      store,
      transport,
      stateFolder: request.stateFolder,
      outFolder: request.outFolder,
      rooms,
      places: request.places,
      resume: request.resume,
      keepGoing: request.keepGoing,
      openLog,
      versions: installedVersions(),
      seal: sealHere(() => consent),
      signal: stop.signal,
      listen: (event) => show.event(event),
    });
    show.end(summary, { size: graph.size, expect: document.expect });
    for (const text of complaints(summary)) complain(`${text}\n`);
    if (process.env.SOLILOQUY_DEBUG === '1') for (const { stack } of summary.failures) complain(`${stack ?? ''}\n`);
    if (request.junit !== undefined) await keepInside(request.junit, { ...rooms, option: '--junit' });
    if (request.junit !== undefined) await writeWhole(request.junit, junitOfRun(document.name, summary));
    return summary;
  } finally {
    show.close();
    await close();
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  }
}

type Place = Pick<RunOptions, 'store' | 'transport' | 'openLog'> & { close(): Promise<void> };

/** Where tasks run and artifacts are: here, or in a cluster with a cache here. */
async function openPlace(
  { stateFolder, registry, registryModule, cluster, taskDeadlineMs: deadlineMs }: RunRequest,
  threads: number,
  onCancel: () => void,
): Promise<Place> {
  const store = await openDiskStore(join(stateFolder, STORE_FOLDER), { synced: cluster === undefined });
  if (cluster !== undefined)
    return (await import('@soliloquy/runner/cluster')).openPlace(cluster, store, registry, { onCancel, deadlineMs });
  const transport = new WorkerPool({
    registryModule,
    registry,
    store,
    scratchFolder: join(stateFolder, 'scratch', String(process.pid)),
    threads,
    gpus: readUserSettings().gpus,
    deadlineMs,
  });
  return { store, transport, close: () => transport.close() };
}

export function chooseShow(json: boolean, outFolder: string): Show {
  const { stdout } = process;
  if (json) return showJson(print);
  if (!stdout.isTTY || process.env.TERM === 'dumb') return showLines(print, outFolder);
  return showTerminal(
    {
      write: (text) => void stdout.write(text),
      get columns() {
        return stdout.columns || 80;
      },
      get rows() {
        return stdout.rows || 24;
      },
      color: (process.env.NO_COLOR ?? '') === '',
    },
    outFolder,
  );
}
