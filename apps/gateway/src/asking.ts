import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { sha256, type DiskStore } from '@soliloquy/artifacts';
import { partsOf } from '@soliloquy/fault';
import {
  graphFault,
  InvalidGraph,
  withoutFaulty,
  withoutUnreadInputs,
  type GraphDocument,
  type Settings,
  type StageRegistry,
  type Target,
} from '@soliloquy/graph';
import {
  filesOfParams,
  identityOf,
  importInputs,
  InputError,
  keepInside,
  newRunId,
  OutputError,
  planGraph,
  prepareGraph,
  unfinishedRun,
  type ImportedInput,
  type PreparedGraph,
  type WritingRooms,
} from '@soliloquy/runner';
import { RUNS_FOLDER } from '@soliloquy/runner/record';
import type { Device } from '@soliloquy/stage';
import { refusedGraph, wireError, type Documents } from './documents.ts';
import type { ProjectFiles } from './project-files.ts';
import type { Plan, planRequestSchema, runRequestSchema, WireGraphError } from './protocol/index.ts';
import type { KeptJob } from './queue-file.ts';
import { Refused } from './refusal.ts';
import type { Job } from './run-queue.ts';

export interface AskingParts {
  readonly files: ProjectFiles;
  readonly documents: Documents;
  readonly registry: StageRegistry;
  /** Exports the same stages, for the process that reads files. */
  readonly registryModule: string;
  readonly store: DiskStore;
  readonly stateFolder: string;
  readonly device: Device;
}

type Wishes = Pick<z.output<typeof planRequestSchema>, 'size' | 'seed' | 'set' | 'inputs' | 'target'>;

/** A graph that was asked for, ready to be planned or run. */
interface Asked {
  readonly graph: PreparedGraph;
  readonly inputs: ReadonlyMap<string, ImportedInput>;
}

/** A plan, with the digests of the inputs that it was made for, by name. */
export interface PlannedGraph extends Plan {
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * What a run of a document would execute, and why, as far as it is sound. Nothing runs; the values of inputs are
 * stored.
 *
 * @throws Refused
 */
export async function planOf(parts: AskingParts, request: z.output<typeof planRequestSchema>): Promise<PlannedGraph> {
  const { documents, files } = parts;
  const loaded = await documents.load(request.path).catch((refused: unknown) => {
    // A graph that was never saved has no file yet.
    if (request.text !== undefined && refused instanceof Refused && [404, 422].includes(refused.status))
      return undefined;
    throw refused;
  });
  const document =
    request.text === undefined
      ? (loaded as NonNullable<typeof loaded>).document
      : documents.read(request.text, request.path).doc;
  const folder = dirname(loaded?.path ?? join(files.root, request.path));
  const errors = new Map<string, WireGraphError>();
  // What is faulty takes nothing from the rest: it is planned as far as it goes.
  for (let part: GraphDocument | undefined = document; part !== undefined;) {
    const planned = await planPart(parts, part, folder, request);
    for (const error of planned.errors) errors.set(error.message, error);
    if (planned.errors.length === 0) return { ...planned, errors: [...errors.values()] };
    part = withoutFaulty(part, planned.errors);
    if (request.target.kind !== 'all' && part?.nodes[request.target.node] === undefined) break;
  }
  return nothingPlanned([...errors.values()]);
}

function nothingPlanned(errors: WireGraphError[]): PlannedGraph {
  return { nodes: [], notes: [], errors, inputs: {} };
}

async function planPart(
  parts: AskingParts,
  document: GraphDocument,
  folder: string,
  wishes: Wishes,
): Promise<PlannedGraph> {
  try {
    const { graph, inputs } = await prepare(parts, document, folder, wishes);
    const digests = new Map([...inputs].map(([name, { ref }]) => [name, ref.digest]));
    const plans = await planGraph(graph, digests, parts.store, parts.stateFolder);
    return {
      nodes: plans.map(({ node, stage, backbone, elements, results, stale, waiting, waitsFor, secondsBefore }) => ({
        node,
        stage,
        backbone,
        elements: elements ?? null,
        cached: results.map((each) => ({ ...each })),
        stale: stale.map(({ element, reasons }) => ({ element, reasons: [...reasons] })),
        waiting,
        waitsFor: [...waitsFor],
        secondsBefore: secondsBefore ?? null,
      })),
      notes: [...graph.notes],
      errors: [],
      inputs: Object.fromEntries(digests),
    };
  } catch (error) {
    if (error instanceof InvalidGraph) return nothingPlanned(error.errors.map(wireError));
    if (error instanceof UnusableFiles) return nothingPlanned([...error.errors]);
    throw error;
  }
}

/**
 * A run of the file as it is on disk, and of nothing else. @throws Refused 409 when it is not the file that was seen,
 * 422 when it cannot run
 */
export async function jobOf(parts: AskingParts, request: z.output<typeof runRequestSchema>): Promise<Job> {
  const { files, stateFolder } = parts;
  const { path: real, bytes, document } = await parts.documents.load(request.path);
  checkSeen(request.path, bytes, request.digest);
  const { graph, inputs } = await prepareOrRefuse(parts, document, dirname(real), request);
  const unfinished = request.resume
    ? unfinishedRun(stateFolder, identityOf(graph, new Map([...inputs].map(([name, { ref }]) => [name, ref.digest]))))
    : undefined;
  const { digest: _digest, resume: _resume, ...wished } = request;
  return jobFrom(
    parts,
    { ...wished, run: unfinished ?? newRunId(), path: files.relative(real), document },
    { graph, inputs },
  );
}

/** What an earlier gateway left, as it would have run: of the document as it was then. @throws Refused 403, 404, 422 */
export async function leftJob(parts: AskingParts, kept: KeptJob): Promise<Job> {
  const graph = await parts.files.resolveExisting(kept.path);
  return jobFrom(parts, kept, await prepareOrRefuse(parts, kept.document, dirname(graph), kept));
}

/** A run that is ready, from what is kept of it. @throws Refused 403 where its outputs would leave the project */
export async function jobFrom(parts: AskingParts, kept: KeptJob, { graph, inputs }: Asked): Promise<Job> {
  const { run, path, target, keepGoing, sweep, variant, document } = kept;
  const outFolder =
    sweep === undefined || variant === undefined
      ? outFolderOf(parts, document, target, run)
      : join(parts.files.root, 'out', document.name, 'sweep', variant);
  await keepInside(outFolder, roomsOf(parts.files)).catch((error: unknown) => {
    throw error instanceof OutputError ? new Refused(403, partsOf(error)) : error;
  });
  return {
    run,
    path,
    graph,
    inputs,
    target,
    keepGoing,
    outFolder,
    kept,
    ...(sweep !== undefined && { sweep }),
    ...(variant !== undefined && { variant }),
  };
}

/** Nothing that is named in the project is written elsewhere. */
export function roomsOf({ root }: Pick<ProjectFiles, 'root'>): WritingRooms {
  return { folders: [root], option: 'out' };
}

/** @throws Refused 409 */
export function checkSeen(path: string, bytes: Uint8Array, digest: string): void {
  if (sha256(bytes) !== digest)
    throw new Refused(
      409,
      {
        code: 'gateway.not-saved',
        where: path,
        expected: 'the file that the page shows',
        got: 'another',
        remedy: 'save or reload it first',
      },
      { digest: sha256(bytes), text: null },
    );
}

/**
 * A whole graph's outputs go where `soliloquy run` puts them; those of a part would take the others away: they stay
 * with the run.
 */
function outFolderOf(
  { files, stateFolder }: AskingParts,
  document: GraphDocument,
  target: Target,
  run: string,
): string {
  return target.kind === 'all' ? join(files.root, 'out', document.name) : join(stateFolder, RUNS_FOLDER, run, 'out');
}

/** @throws Refused 422 with all faults */
export async function prepareOrRefuse(
  parts: AskingParts,
  document: GraphDocument,
  graphFolder: string,
  wishes: Wishes,
): Promise<Asked> {
  try {
    return await prepare(parts, document, graphFolder, wishes);
  } catch (error) {
    if (error instanceof InvalidGraph) throw refusedGraph(error);
    if (error instanceof UnusableFiles && error.cause instanceof Refused) throw error.cause;
    if (error instanceof UnusableFiles)
      throw new Refused(422, error.errors[0] as WireGraphError, { errors: error.errors });
    throw error;
  }
}

/** Inputs of the graph and params of nodes that have no value, or name a file that cannot be used. */
class UnusableFiles extends Error {
  override readonly name = 'UnusableFiles';
  readonly errors: readonly WireGraphError[];

  /** @param cause what refused the first */
  constructor(errors: readonly WireGraphError[], cause?: unknown) {
    super(errors.map(({ message }) => message).join('\n'), { cause });
    this.errors = errors;
  }
}

/** @throws InvalidGraph, UnusableFiles */
async function prepare(
  parts: AskingParts,
  document: GraphDocument,
  graphFolder: string,
  { size, seed, set, inputs, target }: Wishes,
): Promise<Asked> {
  const settings: Settings = {
    ...(size !== undefined && { size }),
    ...(set !== undefined && Object.keys(set).length > 0 && { set }),
    ...(target.kind !== 'all' && { target }),
  };
  const { registry, device } = parts;
  const prepared = prepareGraph(withoutUnreadInputs(document), registry, settings, seed, { device });
  const graph = { ...prepared, source: document };
  await confineParams(graph, parts.files);
  // Inputs that only other parts of the graph read may be given, and are not needed.
  const given = new Map(
    Object.entries(inputs ?? {}).filter(
      ([name]) => Object.hasOwn(graph.document.inputs, name) || !Object.hasOwn(document.inputs, name),
    ),
  );
  return { graph, inputs: await importAll(parts, graph.document, given, graphFolder) };
}

/** Each input by itself, so that every one that cannot be used is named. @throws UnusableFiles */
async function importAll(
  { registry, registryModule, store, files }: AskingParts,
  document: GraphDocument,
  given: ReadonlyMap<string, string>,
  graphFolder: string,
): Promise<Map<string, ImportedInput>> {
  const confine = (path: string, where: string): Promise<string> => files.confine(path, where);
  const imported = new Map<string, ImportedInput>();
  const errors: WireGraphError[] = [];
  let cause: unknown;
  for (const [name, { type, optional, ...spec }] of Object.entries(document.inputs)) {
    const value = given.get(name);
    if (value === undefined && spec.default === undefined && !optional) {
      errors.push(
        graphFault({
          code: 'graph.missing-input',
          port: name,
          where: `inputs.${name}`,
          expected: type,
          got: 'nothing',
          remedy: type === 'text' ? 'write it' : 'choose a file',
        }),
      );
      continue;
    }
    const alone = { ...document, inputs: { [name]: document.inputs[name] as GraphDocument['inputs'][string] } };
    try {
      const one = await importInputs(
        alone,
        registry,
        new Map(value === undefined ? [] : [[name, value]]),
        graphFolder,
        store,
        { givenFolder: graphFolder, confine, confineGiven: confine, registryModule },
      );
      for (const [key, input] of one) imported.set(key, input);
    } catch (error) {
      if (!(error instanceof InputError) && !(error instanceof Refused)) throw error;
      cause ??= errors.length === 0 ? error : undefined;
      errors.push({ ...partsOf(error), port: name, message: error.message });
    }
  }
  for (const name of given.keys())
    if (!Object.hasOwn(document.inputs, name))
      errors.push(
        graphFault({
          code: 'graph.unknown-input',
          where: 'inputs',
          expected: Object.keys(document.inputs).join(', ') || 'none',
          got: `"${name}"`,
          remedy: 'choose one of them',
        }),
      );
  if (errors.length > 0) throw new UnusableFiles(errors, cause);
  return imported;
}

/**
 * A graph is untrusted: a file that a backbone needs and a param names must lie in the project as well.
 *
 * @throws UnusableFiles
 */
async function confineParams(graph: PreparedGraph, files: ProjectFiles): Promise<void> {
  for (const { node, param, path } of filesOfParams(graph))
    await files.confine(path, `${node}.params.${param}`).catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      throw new UnusableFiles([{ ...partsOf(error), node, port: param, message: error.message }], error);
    });
}
