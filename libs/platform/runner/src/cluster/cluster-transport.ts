import type { NatsStore } from '@soliloquy/artifacts/nats';
import type { StageRegistry } from '@soliloquy/graph';
import { settleAxes } from '@soliloquy/stage';
import type { RunLog } from '../kept/journal.ts';
import type { Made } from '../transport/protocol.ts';
import { checkDeadline, deadlineFault, LONGEST_DEADLINE_MS, TASK_DEADLINE_MS } from '../transport/task-deadline.ts';
import { CancelledError, TaskError } from '../transport/task-error.ts';
import type { Transport, WorkListener, WorkRequest } from '../transport/transport.ts';
import { checkMade } from './check-made.ts';
import type { Cluster } from './cluster.ts';
import { deadLetterExhausted } from './dead-letters.ts';
import { capabilityOf } from './names.ts';
import { unpackMade } from './pack.ts';
import { openRunLog } from './run-log.ts';
import { nobodyCan, TaskQueue } from './task-queue.ts';
import { WorkerBoard } from './worker-board.ts';

/**
 * Work that a run has in the queue beyond what workers can do at once: enough that none idles, little enough that
 * another run's work is never far behind.
 */
const AHEAD = 2;
const LEAST_WINDOW = 4;
/** Whatever workers say how many there are. */
const MOST_WINDOW = 4096;
const DEAD_LETTER_EVERY_MS = 2000;
/** A capability that no worker has is said only after this: one may be joining. */
const SAY_AFTER_MS = 3000;

/** Attempts of one task that each get a deadline of their own. */
const MOST_STARTS = 32;
/** Beside the deadline itself: inputs and outputs pass in it. */
const MOST_SLACK_MS = 600_000;

export interface ClusterTransportOptions {
  /**
   * How long an attempt of a task may take before this run gives it up, whatever its worker says. A worker keeps its
   * own deadline too. Default a day.
   */
  readonly deadlineMs?: number;
}

interface TransportParts extends ClusterTransportOptions {
  readonly queue: TaskQueue;
  readonly boardOf: (changed: () => void) => WorkerBoard;
}

interface Waiting {
  readonly rank: number;
  readonly arrived: number;
  go(): void;
}

/**
 * The transport over a cluster: what is ready goes into the work queue, whatever worker takes it. A run never has more
 * there than twice what all workers can do at a time, the most urgent first, so that several runs get about equal
 * shares although the queue is first come, first served.
 */
export class ClusterTransport implements Transport {
  readonly #cluster: Cluster;
  readonly #store: NatsStore;
  readonly #registry: StageRegistry;
  readonly #queue: TaskQueue;
  readonly #board: WorkerBoard;
  readonly #deadLettering: NodeJS.Timeout;
  readonly #deadlineMs: number;
  readonly #waiting: Waiting[] = [];
  #log: (RunLog & { isCancelled(): Promise<boolean> }) | undefined;
  #inQueue = 0;
  #admitting = false;
  #arrivals = 0;

  private constructor(
    cluster: Cluster,
    store: NatsStore,
    registry: StageRegistry,
    { queue, boardOf, deadlineMs }: TransportParts,
  ) {
    this.#deadlineMs = checkDeadline(deadlineMs ?? TASK_DEADLINE_MS);
    this.#cluster = cluster;
    this.#store = store;
    this.#registry = registry;
    this.#queue = queue;
    this.#board = boardOf(() => this.#admit());
    this.#deadLettering = setInterval(
      () => void deadLetterExhausted(cluster).catch(() => undefined),
      DEAD_LETTER_EVERY_MS,
    );
    this.#deadLettering.unref();
  }

  static async open(
    cluster: Cluster,
    store: NatsStore,
    registry: StageRegistry,
    { deadlineMs }: ClusterTransportOptions = {},
  ): Promise<ClusterTransport> {
    const queue = new TaskQueue(cluster, store);
    let changed = (): void => {};
    const board = await WorkerBoard.open(cluster, () => changed());
    const boardOf = (admit: () => void): WorkerBoard => {
      changed = admit;
      return board;
    };
    return new ClusterTransport(cluster, store, registry, { queue, boardOf, deadlineMs });
  }

  get threads(): number {
    return this.#board.threads;
  }

  /**
   * What `runGraph` takes for `openLog`: the run is known to the whole cluster. @param onCancel called when somebody
   * cancels it by its id
   */
  async openLog(identity: string, graph: string, resume: boolean, onCancel: () => void): Promise<RunLog> {
    this.#log = await openRunLog(this.#cluster, { identity, graph, resume, onCancel });
    return this.#log;
  }

  async submit(request: WorkRequest & { kind: 'task' }, signal: AbortSignal, listener: WorkListener): Promise<Made> {
    const stage = this.#registry.get(request.stage);
    const log = this.#log;
    if (stage === undefined || log === undefined)
      throw new TaskError({
        code: 'soliloquy.internal',
        where: request.label,
        expected: 'an open run and a stage that is installed',
        got: stage === undefined ? request.stage : 'no run',
        remedy: 'report this',
      });
    const capability = capabilityOf(stage, request.backbone, request.device);
    await this.#enter(request.rank, signal);
    const watch = new TaskWatch(request.label, this.#deadlineMs, () => {
      if (!this.#board.has(capability)) listener.log?.(nobodyCan(capability, this.#board.workers().length));
    });
    try {
      const { result, worker: by } = await this.#queue.submit(
        request,
        capability,
        log.run,
        AbortSignal.any([signal, watch.late]),
        {
          ...listener,
          started: (threads, attempt, worker) => {
            watch.started();
            listener.started?.(threads, attempt, worker);
          },
        },
        () => log.isCancelled(),
      );
      if (!('made' in result))
        throw new TaskError({
          code: 'soliloquy.internal',
          where: request.label,
          expected: 'what a task made',
          got: 'the value of a call',
          remedy: 'report this',
        });
      const made = await unpackMade(result.made, this.#store);
      return checkMade(made, settleAxes(stage, request.params), request.label, by);
    } catch (thrown) {
      throw thrown instanceof CancelledError && watch.late.aborted && !signal.aborted
        ? (watch.late.reason as TaskError)
        : thrown;
    } finally {
      watch.end();
      this.#inQueue--;
      this.#admit();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#deadLettering);
    this.#queue.close();
    this.#board.close();
  }

  /** Waits for a place in this run's share of the queue. @throws CancelledError */
  #enter(rank: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new CancelledError());
      const leave = (): void => {
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(new CancelledError());
      };
      const entry: Waiting = {
        rank,
        arrived: this.#arrivals++,
        go: () => {
          signal.removeEventListener('abort', leave);
          this.#inQueue++;
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(entry);
      // Not at once: all that becomes ready in one turn is ranked before the first goes.
      if (this.#admitting) return;
      this.#admitting = true;
      queueMicrotask(() => {
        this.#admitting = false;
        this.#admit();
      });
    });
  }

  #admit(): void {
    const window = Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, AHEAD * this.#board.slots));
    this.#waiting.sort((a, b) => b.rank - a.rank || a.arrived - b.arrived);
    while (this.#inQueue < window && this.#waiting.length > 0) this.#waiting.shift()?.go();
  }
}

/** How long a task has been waiting for a worker, and how long it has been with one. */
class TaskWatch {
  readonly #alone: NodeJS.Timeout;
  readonly #label: string;
  readonly #deadlineMs: number;
  readonly #late = new AbortController();
  #deadline: NodeJS.Timeout | undefined;
  #starts = 0;

  /** @param alone called when no worker has taken it for some seconds */
  constructor(label: string, deadlineMs: number, alone: () => void) {
    this.#label = label;
    this.#deadlineMs = deadlineMs;
    this.#alone = setTimeout(alone, SAY_AFTER_MS);
  }

  /** Aborts with the fault when an attempt had its time. */
  get late(): AbortSignal {
    return this.#late.signal;
  }

  /** A worker has it. Each has the whole time, but nobody gets more of it by pretending to be one after another. */
  started(): void {
    clearTimeout(this.#alone);
    if (++this.#starts > MOST_STARTS) return;
    clearTimeout(this.#deadline);
    const ms = this.#deadlineMs + Math.min(this.#deadlineMs, MOST_SLACK_MS);
    this.#deadline = setTimeout(
      () => this.#late.abort(new TaskError(deadlineFault(this.#label, this.#deadlineMs))),
      Math.min(ms, LONGEST_DEADLINE_MS),
    );
  }

  end(): void {
    clearTimeout(this.#alone);
    clearTimeout(this.#deadline);
  }
}
