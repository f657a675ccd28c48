import { z } from 'zod';
import type { ArtifactRef, ArtifactStore } from '@soliloquy/artifacts';
import { Fault } from '@soliloquy/fault';
import { activeGraph, diffGraphs, planAxes, portTypes, type GraphDocument, type StageRegistry } from '@soliloquy/graph';
import { DEEPEST_GRAPH, hasMoreValues, MOST_VALUES } from '@soliloquy/graph/limits';
import type { Metrics, Preview, Viewer } from '@soliloquy/ports';
import { FILMS, metrics as metricsPort } from '@soliloquy/ports/metrics';
import { viewerOf } from '@soliloquy/ports/viewers';
import { runRecordSchema, type RunRecord } from '../kept/record-schema.ts';
import { jsonDepth } from './json-depth.ts';

const headSchema = runRecordSchema.omit({ tasks: true });
const taskSchema = runRecordSchema.shape.tasks.element;

/**
 * Somebody else may have written it: a schema notes each of a million faults, so tasks are looked at one by one, and
 * the rest may not hold more than a graph does.
 *
 * @throws Fault `run.bad-record` when the text is no `run.json`
 */
export function parseRunRecord(text: string, path: string): RunRecord {
  const { tasks, ...rest } = Object(jsonOf(text)) as Record<string, unknown>;
  const head = checked(headSchema, hasMoreValues(rest, MOST_VALUES) ? undefined : rest, path);
  const list = checked(z.array(z.unknown()), tasks, path, ['tasks']);
  return { ...head, tasks: list.map((task, index) => checked(taskSchema, task, path, ['tasks', index])) };
}

/** @param within where in the record the value stands; @throws Fault `run.bad-record` */
function checked<T>(schema: z.ZodType<T>, value: unknown, path: string, within: readonly PropertyKey[] = []): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const at = [...within, ...parsed.error.issues[0].path].join('.').slice(0, 200);
  throw new Fault({
    code: 'run.bad-record',
    where: path,
    expected: 'the record of a run',
    got: at === '' ? 'other text' : `another file (${at})`,
    remedy: 'run the graph again',
  });
}

/** A record holds its graph some levels below its own. */
const DEEPEST = DEEPEST_GRAPH + 10;

/** `undefined` for what is no JSON, or nested as no record is: schemas and comparisons call themselves to walk it. */
function jsonOf(text: string): unknown {
  try {
    return jsonDepth(text) > DEEPEST ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One figure in each of several runs, at one element of its node. */
export interface FigureRow {
  /** `node.name` */
  readonly metric: string;
  /** index along each axis */
  readonly element: Readonly<Record<string, number>>;
  /** in the order of the runs; null where one lacks it */
  readonly values: readonly (number | null)[];
  /** the same of a figure that has a course over the films of a set: its value for each film */
  readonly films?: readonly (readonly number[] | null)[];
  readonly unit?: string;
  readonly better?: 'higher' | 'lower';
  readonly about?: string;
}

/** One output in each of several runs. */
export interface OutputRow {
  readonly name: string;
  /** port type */
  readonly type: string;
  readonly as?: Viewer;
  /** whether all runs have the same */
  readonly same: boolean;
  readonly runs: readonly ({ readonly digest: string; readonly file: string; readonly summary: string } | null)[];
}

/** How the second run differs from the first in what was asked for: graph, settings, inputs; in words. */
export function diffRuns(a: RunRecord, b: RunRecord): string[] {
  const settings = [...new Set([...Object.keys(a.set), ...Object.keys(b.set)])]
    .sort()
    .flatMap((key) =>
      a.set[key] === b.set[key] ? [] : [`--set ${key}: ${a.set[key] ?? 'not set'} -> ${b.set[key] ?? 'not set'}`],
    );
  const given = [...new Set([...Object.keys(a.inputs), ...Object.keys(b.inputs)])].sort().flatMap((name) => {
    const [before, after] = [a.inputs[name], b.inputs[name]];
    if (before?.digest === after?.digest) return [];
    return [
      `input ${name}: ${before?.given ?? 'not given'} -> ` +
        `${after?.given ?? 'not given'}${before?.given === after?.given ? ' (another content)' : ''}`,
    ];
  });
  const size = a.size === b.size || a.graph.size !== b.graph.size ? [] : [`size: ${a.size} -> ${b.size}`];
  const seed = a.seed === b.seed || a.graph.seed !== b.graph.seed ? [] : [`seed: ${a.seed} -> ${b.seed}`];
  return [...diffGraphs(a.graph, b.graph).changes, ...size, ...seed, ...settings, ...given];
}

/** Every figure of every run, a row each. What is no longer in the store is missing. */
export async function compareFigures(
  runs: readonly RunRecord[],
  registry: StageRegistry,
  store: ArtifactStore,
): Promise<FigureRow[]> {
  const rows = new Map<string, FigureRow & { values: (number | null)[]; films?: (readonly number[] | null)[] }>();
  for (const [at, run] of runs.entries()) {
    const axes = axesOf(run.graph, registry);
    for (const task of run.tasks) {
      const { node, index } = parseTask(task.task);
      for (const digest of Object.values(task.outputs).flatMap((made) => made ?? [])) {
        const metrics = await readMetrics(digest, store);
        for (const [name, value] of Object.entries(metrics?.values ?? {})) {
          const element = Object.fromEntries(
            index.map((step, axis) => [axes[node]?.[axis] ?? `axis ${axis + 1}`, step]),
          );
          const key = JSON.stringify([node, name, index]);
          const about = metrics?.about?.[name];
          const row = rows.get(key) ?? {
            metric: `${node}.${name}`,
            element,
            values: runs.map(() => null),
            ...(about?.unit !== undefined && { unit: about.unit }),
            ...(about?.better !== undefined && { better: about.better }),
            ...(about?.text !== undefined && { about: about.text }),
          };
          row.values[at] = value;
          const course = about?.over === FILMS ? metrics?.curves?.[name] : undefined;
          if (course !== undefined) (row.films ??= runs.map(() => null))[at] = course;
          rows.set(key, row);
        }
      }
    }
  }
  return [...rows.values()];
}

/** Every output of every run, a row each. */
export async function compareOutputs(
  runs: readonly RunRecord[],
  registry: StageRegistry,
  store: ArtifactStore,
): Promise<OutputRow[]> {
  const types = portTypes(registry);
  const names = [...new Set(runs.flatMap(({ outputs }) => Object.keys(outputs)))];
  return Promise.all(
    names.map(async (name): Promise<OutputRow> => {
      const found = await Promise.all(runs.map((run) => outputOf(run, name, store)));
      const first = found.find((each) => each !== null);
      const as = first && viewerOf(types.get(first.type), first.preview);
      return {
        name,
        type: first?.type ?? 'unknown',
        ...(as !== undefined && { as }),
        same: found.every((each) => each !== null && each.digest === found[0]?.digest),
        runs: found.map((each) => each && { digest: each.digest, file: each.file, summary: each.preview.summary }),
      };
    }),
  );
}

/** Nodes that either run reached, by whether all that their tasks made is the same in both. */
export function compareNodes(a: RunRecord, b: RunRecord): { differ: string[]; same: string[] } {
  const made = (run: RunRecord, node: string): string =>
    JSON.stringify(
      run.tasks
        .filter(({ task }) => parseTask(task).node === node)
        .map(({ task, outputs }) => [task, Object.entries(outputs).sort()]),
    );
  const reached = new Set([...a.tasks, ...b.tasks].map(({ task }) => parseTask(task).node));
  const names = [...new Set([...Object.keys(a.nodes), ...Object.keys(b.nodes)])].filter((node) => reached.has(node));
  return {
    differ: names.filter((node) => made(a, node) !== made(b, node)),
    same: names.filter((node) => made(a, node) === made(b, node)),
  };
}

async function outputOf(
  run: RunRecord,
  name: string,
  store: ArtifactStore,
): Promise<{ digest: string; file: string; type: string; preview: Preview } | null> {
  const output = Object.hasOwn(run.outputs, name) ? run.outputs[name] : undefined;
  if (output === undefined) return null;
  const [node, port] = output.from.split('.') as [string, string];
  const task = run.tasks.find(
    (each) => parseTask(each.task).node === node && [each.outputs[port] ?? []].flat().includes(output.digest),
  );
  const result = task && (await store.getResult(task.key));
  const stored = result?.outputs[port] ?? null;
  const refs: readonly ArtifactRef[] = stored === null ? [] : 'digest' in stored ? [stored] : stored;
  const at = refs.findIndex(({ digest }) => digest === output.digest);
  const previews = (result?.about as { previews?: Record<string, Preview | Preview[]> } | undefined)?.previews?.[port];
  const preview = Array.isArray(previews) ? previews[at] : previews;
  return {
    digest: output.digest,
    file: output.file,
    type: refs[at]?.type ?? 'unknown',
    preview: preview ?? { summary: '' },
  };
}

async function readMetrics(digest: string, store: ArtifactStore): Promise<Metrics | undefined> {
  try {
    if ((await store.describe(digest)).type !== metricsPort.id) return undefined;
    return JSON.parse(new TextDecoder().decode(await store.readFile(digest, 'metrics.json'))) as Metrics;
  } catch {
    return undefined;
  }
}

/** `fit[3,1]` -> node and index. */
function parseTask(task: string): { node: string; index: number[] } {
  const found = /^([^[]+)(?:\[([\d,]*)\])?$/.exec(task);
  return { node: found?.[1] ?? task, index: found?.[2] ? found[2].split(',').map(Number) : [] };
}

function axesOf(graph: GraphDocument, registry: StageRegistry): Readonly<Record<string, readonly string[]>> {
  try {
    return Object.fromEntries(
      Object.entries(planAxes(activeGraph(graph, registry).doc, registry).nodes).map(([node, { axes }]) => [
        node,
        axes,
      ]),
    );
  } catch {
    return {};
  }
}
