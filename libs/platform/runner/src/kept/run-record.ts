import { cpus, totalmem } from 'node:os';
import type { ArtifactRef, StoredOutputs } from '@soliloquy/artifacts';
import { availableCores } from '@soliloquy/device';
import type { ExpectationRow, LicenceBehind } from '@soliloquy/graph';
import { deviceClass } from '../plan/element-task.ts';
import { elementText, type ElementId } from '../plan/elements.ts';
import type { PreparedGraph } from '../plan/prepare.ts';
import type { RunStatus } from '../run/events.ts';
import type { ImportedInput } from './import-inputs.ts';
import type { RunRecord } from './record-schema.ts';

/** One task as `run.json` tells of it. */
export interface TaskRecord {
  readonly id: ElementId;
  readonly key: string;
  /** Nothing ran: its result was there. `seconds`, `threads` and `peakBytes` are then of the run that made it. */
  readonly cached: boolean;
  readonly seed: number;
  readonly seconds: number;
  readonly threads: number;
  readonly attempts: number;
  /** Most memory that its worker had held by then. */
  readonly peakBytes: number;
  /** Which worker ran it; unset when cached. */
  readonly worker?: string;
  readonly outputs: StoredOutputs;
}

/** All that `run.json` is made of. */
export interface RunFacts {
  readonly run: string;
  readonly resumed: boolean;
  readonly status: RunStatus;
  readonly graph: PreparedGraph;
  readonly versions: Readonly<Record<string, string>>;
  readonly inputs: ReadonlyMap<string, ImportedInput>;
  readonly startedAt: Date;
  readonly seconds: number;
  readonly tasks: readonly TaskRecord[];
  readonly outputs: readonly {
    readonly name: string;
    readonly digest: string;
    readonly file: string;
    readonly from: string;
    readonly licences: readonly LicenceBehind[];
  }[];
  /** The sha256 of every written file that lies in the folder, by name: those of the outputs or of an earlier run. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of files of an earlier run that still lie in the folder. */
  readonly formerOutputs: readonly string[];
  readonly expectations: readonly ExpectationRow[];
  readonly failures: readonly { element: string; code: string; message: string }[];
}

/**
 * `run.json`: what was run, with what, where, how long, and what came out. It holds the clock and is no input to
 * anything.
 */
export function runRecord(facts: RunFacts): RunRecord {
  const { graph } = facts;
  const nodes = Object.fromEntries(
    graph.nodes.map((node) => {
      const tasks = facts.tasks.filter(({ id }) => id.node === node.name);
      const executed = tasks.filter(({ cached }) => !cached);
      return [
        node.name,
        {
          stage: `${node.stage.id}@${node.stage.version}`,
          backbone: `${node.backboneName}@${node.backbone.version}`,
          device: deviceClass(node.device),
          params: node.params,
          tasks: tasks.length,
          executed: executed.length,
          seconds: rounded(tasks.reduce((sum, { seconds }) => sum + seconds, 0)),
          secondsExecuted: rounded(executed.reduce((sum, { seconds }) => sum + seconds, 0)),
        },
      ];
    }),
  );
  return {
    format: 1,
    run: facts.run,
    resumed: facts.resumed,
    status: facts.status,
    name: graph.document.name,
    size: graph.size,
    seed: graph.seed,
    set: graph.settings.set ?? {},
    inputs: Object.fromEntries(
      [...facts.inputs].map(([name, { ref, given }]) => [name, { type: ref.type, digest: ref.digest, given }]),
    ),
    versions: facts.versions,
    devices: {
      class: deviceClass(graph.nodes.some(({ device }) => device === 'webgpu') ? 'webgpu' : 'cpu'),
      platform: process.platform,
      cpu: cpus()[0]?.model ?? 'unknown',
      threads: availableCores(),
      memoryBytes: totalmem(),
    },
    startedAt: facts.startedAt.toISOString(),
    seconds: rounded(facts.seconds),
    executed: facts.tasks.filter(({ cached }) => !cached).length,
    cached: facts.tasks.filter(({ cached }) => cached).length,
    peakBytesAtMost: peakOfAll(facts.tasks),
    nodes,
    outputs: Object.fromEntries(facts.outputs.map(({ name, ...rest }) => [name, rest])),
    files: Object.fromEntries(facts.files),
    formerOutputs: facts.formerOutputs,
    expectations: facts.expectations,
    failures: facts.failures,
    tasks: facts.tasks.map(({ id, outputs, seconds, ...rest }) => ({
      task: elementText(id),
      ...rest,
      seconds: rounded(seconds),
      outputs: digests(outputs),
    })),
    ...(graph.settings.target !== undefined && { target: graph.settings.target }),
    graph: graph.source,
  };
}

/**
 * An upper bound of the memory that the run held: the peaks of the runner and of every worker, as if they had come
 * together. Bytes.
 */
function peakOfAll(tasks: readonly TaskRecord[]): number {
  const peaks = new Map<string, number>();
  for (const { worker, peakBytes } of tasks)
    if (worker !== undefined) peaks.set(worker, Math.max(peaks.get(worker) ?? 0, peakBytes));
  return [...peaks.values()].reduce((sum, bytes) => sum + bytes, process.resourceUsage().maxRSS * 1024);
}

function digests(outputs: StoredOutputs): Record<string, string | string[] | null> {
  return Object.fromEntries(
    Object.entries(outputs).map(([port, stored]) => [
      port,
      stored === null ? null : 'digest' in stored ? stored.digest : stored.map((ref: ArtifactRef) => ref.digest),
    ]),
  );
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}
