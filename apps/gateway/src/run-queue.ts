import { join } from 'node:path';
import type { DiskStore } from '@soliloquy/artifacts';
import type { StageRegistry, Target } from '@soliloquy/graph';
import {
  runGraph,
  WorkerPool,
  type ImportedInput,
  type PreparedGraph,
  type Seal,
  type Transport,
  type WritingRooms,
} from '@soliloquy/runner';
import type { GpuCard } from '@soliloquy/stage';
import type { EventLog } from './event-log.ts';
import type { QueueEntry } from './protocol/index.ts';
import type { KeptJob, QueueFile } from './queue-file.ts';
import { Refused } from './refusal.ts';

/** A run that was asked for: all that it needs is settled, nothing of it depends on who asked. */
export interface Job {
  readonly run: string;
  readonly path: string;
  readonly graph: PreparedGraph;
  readonly inputs: ReadonlyMap<string, ImportedInput>;
  readonly target: Target;
  readonly outFolder: string;
  readonly keepGoing: boolean;
  readonly sweep?: string;
  readonly variant?: string;
  /** it as it is kept on disk */
  readonly kept: KeptJob;
}

export interface RunQueueParts {
  readonly registry: StageRegistry;
  readonly registryModule: string;
  readonly store: DiskStore;
  readonly stateFolder: string;
  readonly rooms: WritingRooms;
  readonly threads: number;
  /** Graphics cards that tasks may have; those that are found when left out. */
  readonly gpus?: readonly GpuCard[];
  readonly taskDeadlineMs?: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Signs what leaves the store. */
  readonly seal?: Seal;
  readonly log: EventLog;
  readonly file: QueueFile;
  /** Called whenever an entry changes. */
  readonly changed: () => void;
}

interface Entry {
  readonly job: Job;
  readonly stop: AbortController;
  state: QueueEntry['state'];
}

/** Idle workers hold the models of their last task: after this they go. */
const IDLE_MS = 5 * 60_000;
const KEPT_ENDED = 50;
const MOST_WAITING = 500;

/**
 * One run after another, each with the whole machine. Runs belong to the gateway: pages come and go. What has not ended
 * is on disk; after a crash it is held, for nothing runs unasked.
 */
export class RunQueue {
  readonly #parts: RunQueueParts;
  readonly #waiting: Entry[] = [];
  /** what an earlier gateway left, by run */
  readonly #held: Map<string, KeptJob>;
  readonly #ended: Entry[] = [];
  #current: Entry | undefined;
  #working: Promise<void> | undefined;
  /** Started with the first run: opening a graph starts nothing. */
  #transport: Transport | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param left by an earlier gateway: held until somebody lets it go on */
  constructor(parts: RunQueueParts, left: readonly KeptJob[] = []) {
    this.#parts = parts;
    this.#held = new Map(left.map((kept) => [kept.run, kept]));
  }

  /** Running, waiting and held ones in order, then what ended, the latest first. */
  entries(): QueueEntry[] {
    return [
      ...[...(this.#current ? [this.#current] : []), ...this.#waiting].map(describe),
      ...[...this.#held.values()].map(describeHeld),
      ...this.#ended.map(describe),
    ];
  }

  /** What was held under this id. @throws Refused 404 */
  held(run: string): KeptJob {
    const kept = this.#held.get(run);
    if (kept === undefined)
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: `runs.${run}`,
        expected: 'a run that an earlier gateway left',
        got: 'none',
        remedy: 'look at the queue',
      });
    return kept;
  }

  find(run: string): QueueEntry | undefined {
    return this.entries().find((entry) => entry.run === run);
  }

  /** @throws Refused when too many wait, or this run is under way */
  add(job: Job): QueueEntry {
    if (this.#waiting.length >= MOST_WAITING)
      throw new Refused(409, {
        code: 'gateway.queue-full',
        where: 'queue',
        expected: `at most ${MOST_WAITING} waiting runs`,
        got: 'another',
        remedy: 'wait or cancel some',
      });
    if ([this.#current, ...this.#waiting].some((entry) => entry?.job.run === job.run))
      throw new Refused(409, {
        code: 'gateway.already-queued',
        where: `runs.${job.run}`,
        expected: 'a run that has ended',
        got: 'one that is under way',
        remedy: 'wait for it',
      });
    const entry: Entry = { job, stop: new AbortController(), state: { kind: 'waiting' } };
    this.#held.delete(job.run);
    this.#waiting.push(entry);
    this.#changed();
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
    return describe(entry);
  }

  /**
   * Stops this run and no other. One that has ended stays as it is. @throws Refused 404 for one that was not asked for
   * here
   */
  cancel(run: string): QueueEntry {
    const kept = this.#held.get(run);
    if (kept !== undefined) {
      this.#held.delete(run);
      this.#changed();
      return { ...describeHeld(kept), state: { kind: 'ended', status: 'cancelled' } };
    }
    const at = this.#waiting.findIndex(({ job }) => job.run === run);
    if (at >= 0) {
      const [entry] = this.#waiting.splice(at, 1) as [Entry];
      this.#end(entry, { kind: 'ended', status: 'cancelled' });
      return describe(entry);
    }
    if (this.#current?.job.run === run) {
      const { state } = this.#current;
      if (state.kind === 'running') {
        this.#current.state = { kind: 'stopping', startedAt: state.startedAt };
        this.#current.stop.abort();
        this.#changed();
      }
      return describe(this.#current);
    }
    const ended = this.#ended.find(({ job }) => job.run === run);
    if (ended === undefined)
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: `runs.${run}`,
        expected: 'a run of this gateway',
        got: 'none',
        remedy: 'look at the queue',
      });
    return describe(ended);
  }

  /** Cancels everything and ends the workers. What was finished is stored. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    for (const { job } of [...this.#waiting]) this.cancel(job.run);
    if (this.#current) this.cancel(this.#current.job.run);
    await this.#working;
    await this.#parts.file.kept();
    await this.#transport?.close();
    this.#transport = undefined;
  }

  async #work(): Promise<void> {
    clearTimeout(this.#idle);
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      this.#current = entry;
      entry.state = { kind: 'running', startedAt: new Date().toISOString() };
      this.#changed();
      const end = await this.#run(entry).catch((thrown: unknown): QueueEntry['state'] => ({
        kind: 'ended',
        status: 'failed',
        message: thrown instanceof Error ? thrown.message : String(thrown),
      }));
      this.#current = undefined;
      this.#end(entry, end);
    }
    if (this.#closed) return;
    this.#idle = setTimeout(() => {
      const transport = this.#transport;
      this.#transport = undefined;
      void transport?.close();
    }, IDLE_MS).unref();
  }

  async #run({ job, stop }: Entry): Promise<QueueEntry['state']> {
    const { store, stateFolder, rooms, versions, seal, log } = this.#parts;
    const { status, failures } = await runGraph({
      graph: job.graph,
      inputs: job.inputs,
      store,
      transport: this.#openTransport(),
      stateFolder,
      outFolder: job.outFolder,
      rooms,
      run: job.run,
      keepGoing: job.keepGoing,
      versions,
      seal,
      signal: stop.signal,
      listen: (event) => log.append(job.run, event),
    });
    return { kind: 'ended', status, ...(failures[0] !== undefined && { message: failures[0].message }) };
  }

  #openTransport(): Transport {
    const { registry, registryModule, store, stateFolder, threads, gpus, taskDeadlineMs: deadlineMs } = this.#parts;
    this.#transport ??= new WorkerPool({
      registry,
      registryModule,
      store,
      scratchFolder: join(stateFolder, 'scratch', `gateway-${process.pid}`),
      threads,
      gpus,
      deadlineMs,
    });
    return this.#transport;
  }

  #end(entry: Entry, state: QueueEntry['state']): void {
    entry.state = state;
    this.#ended.unshift(entry);
    this.#ended.splice(KEPT_ENDED);
    this.#changed();
  }

  #changed(): void {
    this.#parts.file.keep([
      ...[...(this.#current ? [this.#current] : []), ...this.#waiting].map(({ job }) => job.kept),
      ...this.#held.values(),
    ]);
    this.#parts.changed();
  }
}

function describeHeld({ run, path, document, target, size, sweep, variant }: KeptJob): QueueEntry {
  return {
    run,
    path,
    graph: document.name,
    target,
    size: size ?? document.size,
    ...(sweep !== undefined && { sweep }),
    ...(variant !== undefined && { variant }),
    state: { kind: 'held' },
  };
}

function describe({ job, state }: Entry): QueueEntry {
  const { run, path, target, sweep, variant, graph } = job;
  return {
    run,
    path,
    graph: graph.source.name,
    target,
    size: graph.size,
    ...(sweep !== undefined && { sweep }),
    ...(variant !== undefined && { variant }),
    state,
  };
}
