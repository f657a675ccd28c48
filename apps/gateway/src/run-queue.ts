import { join } from 'node:path';
import type { DiskStore } from '@soliloquy/artifacts';
import type { StageRegistry, Target } from '@soliloquy/graph';
import { WorkerPool, runGraph } from '@soliloquy/runner';
import type { ImportedInput, PreparedGraph, Transport } from '@soliloquy/runner';
import type { EventLog } from './event-log.ts';
import type { QueueEntry } from './protocol.ts';
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
}

export interface RunQueueParts {
  readonly registry: StageRegistry;
  readonly registryModule: string;
  readonly store: DiskStore;
  readonly stateFolder: string;
  readonly threads: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly log: EventLog;
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

/** One run after another, each with the whole machine. Runs belong to the gateway: pages come and go. */
export class RunQueue {
  readonly #parts: RunQueueParts;
  readonly #waiting: Entry[] = [];
  readonly #ended: Entry[] = [];
  #current: Entry | undefined;
  #working: Promise<void> | undefined;
  /** Started with the first run: opening a graph starts nothing. */
  #transport: Transport | undefined;
  #idle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: RunQueueParts) {
    this.#parts = parts;
  }

  /** Running and waiting ones in order, then what ended, the latest first. */
  entries(): QueueEntry[] {
    return [...(this.#current ? [this.#current] : []), ...this.#waiting, ...this.#ended].map(describe);
  }

  find(run: string): QueueEntry | undefined {
    return this.entries().find((entry) => entry.run === run);
  }

  /** @throws Refused when too many wait, or this run is under way */
  add(job: Job): QueueEntry {
    if (this.#waiting.length >= MOST_WAITING) throw new Refused(409, 'queue-full', `queue: expected at most ${MOST_WAITING} waiting runs, got another; wait or cancel some`);
    if ([this.#current, ...this.#waiting].some((entry) => entry?.job.run === job.run)) throw new Refused(409, 'already-queued', `runs.${job.run}: expected a run that has ended, got one that is under way; wait for it`);
    const entry: Entry = { job, stop: new AbortController(), state: { kind: 'waiting' } };
    this.#waiting.push(entry);
    this.#parts.changed();
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
    return describe(entry);
  }

  /** Stops this run and no other. One that has ended stays as it is. @throws Refused 404 for one that was not asked for here */
  cancel(run: string): QueueEntry {
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
        this.#parts.changed();
      }
      return describe(this.#current);
    }
    const ended = this.#ended.find(({ job }) => job.run === run);
    if (ended === undefined) throw new Refused(404, 'not-found', `runs.${run}: expected a run of this gateway, got none; look at the queue`);
    return describe(ended);
  }

  /** Cancels everything and ends the workers. What was finished is stored. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    for (const { job } of [...this.#waiting]) this.cancel(job.run);
    if (this.#current) this.cancel(this.#current.job.run);
    await this.#working;
    await this.#transport?.close();
    this.#transport = undefined;
  }

  async #work(): Promise<void> {
    clearTimeout(this.#idle);
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      this.#current = entry;
      entry.state = { kind: 'running', startedAt: new Date().toISOString() };
      this.#parts.changed();
      const end = await this.#run(entry).catch((thrown: unknown): QueueEntry['state'] => ({ kind: 'ended', status: 'failed', message: thrown instanceof Error ? thrown.message : String(thrown) }));
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
    const { store, stateFolder, versions, log } = this.#parts;
    const { status, failures } = await runGraph({
      graph: job.graph,
      inputs: job.inputs,
      store,
      transport: this.#openTransport(),
      stateFolder,
      outFolder: job.outFolder,
      run: job.run,
      keepGoing: job.keepGoing,
      versions,
      signal: stop.signal,
      listen: (event) => log.append(job.run, event),
    });
    return { kind: 'ended', status, ...(failures[0] !== undefined && { message: failures[0].message }) };
  }

  #openTransport(): Transport {
    const { registry, registryModule, store, stateFolder, threads } = this.#parts;
    this.#transport ??= new WorkerPool({ registry, registryModule, store, scratchFolder: join(stateFolder, 'scratch', `gateway-${process.pid}`), threads });
    return this.#transport;
  }

  #end(entry: Entry, state: QueueEntry['state']): void {
    entry.state = state;
    this.#ended.unshift(entry);
    this.#ended.splice(KEPT_ENDED);
    this.#parts.changed();
  }
}

function describe({ job, state }: Entry): QueueEntry {
  const { run, path, target, sweep, variant, graph } = job;
  return { run, path, graph: graph.source.name, target, size: graph.size, ...(sweep !== undefined && { sweep }), ...(variant !== undefined && { variant }), state };
}
