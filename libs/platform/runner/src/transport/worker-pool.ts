import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiskStore } from '@soliloquy/artifacts';
import { findGpuCards } from '@soliloquy/device';
import { Fault, partsOf, type FaultParts } from '@soliloquy/fault';
import type { StageRegistry } from '@soliloquy/graph';
import { killLeftIn } from '@soliloquy/launcher/process-tree';
import type { Backbone, GpuCard } from '@soliloquy/stage';
import type { FromWorker, Made, Work } from './protocol.ts';
import { checkDeadline, deadlineFault, TASK_DEADLINE_MS } from './task-deadline.ts';
import { CancelledError, TaskError, wireError } from './task-error.ts';
import { ThreadBudget, type ThreadLease, type ThreadWish } from './thread-budget.ts';
import type { Transport, WorkListener, WorkRequest } from './transport.ts';
import { WorkerLine, type WorkerExit } from './worker-line.ts';

export interface WorkerPoolOptions {
  /** Exports `stages`; each worker imports it. */
  readonly registryModule: string;
  /** The same stages, here: for operations that are called by name. */
  readonly registry: StageRegistry;
  /** Worker processes open the same folder. */
  readonly store: Pick<DiskStore, 'root' | 'synced'>;
  /** Under which tasks get a folder each. */
  readonly scratchFolder: string;
  /** Never handed out twice: how many cores this machine has. */
  readonly threads: number;
  /** Graphics cards that tasks may have, one each; those that `nvidia-smi` lists when left out. */
  readonly gpus?: readonly GpuCard[];
  /** How often a task is begun before its dying workers fail it. Default 3. */
  readonly attempts?: number;
  /**
   * How long an attempt of a task may take, with all that it waits for, before its worker is ended and it fails.
   * Default a day. No part of any key.
   */
  readonly deadlineMs?: number;
  /** Runs an operation that a task calls elsewhere; else it runs here. */
  readonly callElsewhere?: (
    request: WorkRequest & { kind: 'operation' },
    signal: AbortSignal,
    listener: WorkListener,
  ) => Promise<unknown>;
}

/** A task is begun at most this often before its dying workers fail it, unless told. */
const ATTEMPTS = 3;
/** After this a worker that was asked to stop is killed. Stopping as a whole must stay under two seconds. */
const GRACE_MS = 1200;
/** Above the rank of any task: what a running task waits for goes first. */
const URGENT = Number.MAX_SAFE_INTEGER;

/** How an attempt ended: with what was made, or with its worker, which may have had no more time. */
type Outcome = { readonly value: Made | unknown } | { readonly exit: WorkerExit; readonly late: boolean };

/**
 * The embedded transport: local worker processes. A process is started when threads are free and none idles, and kept
 * for the next task while it is warm. A crash takes one attempt of one task with it.
 */
export class WorkerPool implements Transport {
  readonly #options: WorkerPoolOptions;
  readonly #budget: ThreadBudget;
  /** Looked for once a task wants a card: to ask takes seconds. */
  #cards: Promise<readonly GpuCard[]> | undefined;
  readonly #deadlineMs: number;
  readonly #idle: WorkerLine[] = [];
  readonly #all = new Set<WorkerLine>();
  #closed = false;

  /** @throws Fault `runner.argument` */
  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#deadlineMs = checkDeadline(options.deadlineMs ?? TASK_DEADLINE_MS);
    this.#budget = new ThreadBudget(options.threads);
  }

  get threads(): number {
    return this.#budget.total;
  }

  /** Threads that no task has. */
  get free(): number {
    return this.#budget.free;
  }

  /** Whether tasks that want so much memory of a card each could all have one now, once `cards` has been asked. */
  hasCardsFor(wanted: readonly number[]): boolean {
    return this.#budget.hasCardsFor(wanted);
  }

  /** The graphics cards that tasks may have. Takes seconds the first time. */
  async cards(): Promise<readonly GpuCard[]> {
    const { gpus } = this.#options;
    const cards = await (this.#cards ??= gpus === undefined ? findGpuCards() : Promise.resolve(gpus));
    this.#budget.offer(cards);
    return cards;
  }

  /** How many threads a wish comes to here. */
  width(wish: ThreadWish): number {
    return this.#budget.width(wish);
  }

  /** Runs an operation that a task elsewhere called. @throws as `submit` */
  operate(request: WorkRequest & { kind: 'operation' }, signal: AbortSignal, listener: WorkListener): Promise<unknown> {
    return this.#run(request, signal, listener);
  }

  async submit(request: WorkRequest & { kind: 'task' }, signal: AbortSignal, listener: WorkListener): Promise<Made> {
    return (await this.#run(request, signal, listener)) as Made;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((line) => line.kill()));
    await rm(this.#options.scratchFolder, { recursive: true, force: true });
  }

  async #run(request: WorkRequest, signal: AbortSignal, listener: WorkListener): Promise<Made | unknown> {
    const attempts = this.#options.attempts ?? ATTEMPTS;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(request, signal, listener, attempt);
      if (!('exit' in outcome)) return outcome.value;
      if (signal.aborted || this.#closed) throw new CancelledError();
      // It would take as long again.
      if (outcome.late) throw new TaskError(deadlineFault(request.label, this.#deadlineMs));
      const how = outcome.exit.signal ? `was killed by ${outcome.exit.signal}` : `ended with code ${outcome.exit.code}`;
      if (attempt >= attempts) {
        const said = outcome.exit.lastWords ? ` ("${outcome.exit.lastWords}")` : '';
        throw new TaskError({
          code: 'task.worker-lost',
          where: request.label,
          expected: 'its worker to finish',
          got: `one that ${how}${attempts > 1 ? `, ${attempts} times` : ''}${said}`,
          remedy: 'if memory ran out, close other programs or choose a smaller --size',
        });
      }
      listener.retried?.(`its worker ${how}`, attempt + 1);
    }
  }

  async #attempt(request: WorkRequest, signal: AbortSignal, listener: WorkListener, attempt: number): Promise<Outcome> {
    const gpuMiB = this.#options.registry.get(request.stage)?.backbones[request.backbone]?.gpuMiB;
    if (gpuMiB !== undefined) await this.cards();
    let lease: ThreadLease;
    try {
      lease = await this.#budget.acquire(request.wants, request.rank, signal, gpuMiB);
    } catch (thrown) {
      if (thrown instanceof Fault)
        throw new TaskError({ ...partsOf(thrown), where: `${request.label}: ${thrown.where}` });
      throw new CancelledError();
    }
    if (this.#closed) throw new CancelledError();
    const line = this.#take(request.stage);
    const id = randomUUID();
    const { wants: _wants, rank: _rank, ...rest } = request;
    const threads = request.threads ?? lease.threads;
    const work = { ...rest, id, threads, ...(lease.gpu !== undefined && { gpu: lease.gpu }) } as Work;
    listener.started?.(threads, attempt, String(line.pid));
    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      line.send({ type: 'cancel', id });
      grace = setTimeout(() => void line.kill(), GRACE_MS);
    };
    let late = false;
    // What it called ends with it.
    const over = new AbortController();
    const whileHere = AbortSignal.any([signal, over.signal]);
    const deadline = setTimeout(() => {
      late = true;
      void line.kill();
    }, this.#deadlineMs);
    try {
      return await new Promise((resolve, reject) => {
        const call = async (message: FromWorker & { type: 'call' }): Promise<void> => {
          lease.release();
          const answer = await this.#call(request, message, whileHere, listener).then(
            (value) => ({ type: 'answer', value }) as const,
            (thrown: unknown) => ({ type: 'refusal', error: wireError(thrown, request.label) }) as const,
          );
          try {
            lease = await this.#budget.acquire(request.wants, URGENT, whileHere, gpuMiB);
          } catch {
            return; // aborted: `stop` is under way, or its worker is gone
          }
          if (over.signal.aborted) return lease.release();
          line.send({ ...answer, id, call: message.call });
        };
        line.onMessage = (message) => {
          if (message.id === id) hear(message, { listener, call, resolve, reject });
        };
        line.onExit = (exit) => resolve({ exit, late });
        if (line.exited) return resolve({ exit: line.exited, late });
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
        line.send({ type: 'work', work });
      });
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(grace);
      clearTimeout(deadline);
      over.abort();
      lease.release();
      line.onMessage = undefined;
      line.onExit = undefined;
      if (line.exited) await this.#clearAfter(id);
      else this.#giveBack(line);
    }
  }

  /** Ends and removes what a worker that is gone left of a task. */
  async #clearAfter(id: string): Promise<void> {
    const folder = join(this.#options.scratchFolder, id);
    killLeftIn(folder);
    await rm(folder, { recursive: true, force: true });
  }

  /** Runs an operation on behalf of a task that waits for it. */
  async #call(
    caller: WorkRequest,
    message: FromWorker & { type: 'call' },
    signal: AbortSignal,
    listener: WorkListener,
  ): Promise<unknown> {
    const { stage, backbone, params } = message.reference;
    const found = this.#options.registry.get(stage);
    const called =
      found !== undefined && Object.hasOwn(found.backbones, backbone) ? found.backbones[backbone] : undefined;
    if (called?.terms?.forbids?.includes('training') === true)
      throw new TaskError(forbiddenCall(caller, backbone, called));
    // What a caller makes of it must not depend on the machine either.
    const threads = called?.threadsMatter ? caller.threads : undefined;
    const { callElsewhere } = this.#options;
    const run = callElsewhere ?? ((operation, abort, hear) => this.#run(operation, abort, hear));
    return run(
      {
        kind: 'operation',
        label: `${caller.label} > ${stage}.${message.operation}`,
        stage,
        backbone,
        params,
        seed: caller.seed,
        device: called?.onWebGpu === true ? caller.device : 'cpu',
        operation: message.operation,
        args: message.args,
        wants: threads ?? called?.threads ?? 1,
        threads,
        rank: URGENT,
      },
      signal,
      { log: (text) => listener.log?.(text) },
    );
  }

  /** An idle worker, of those that ran this stage before if there is one; else a new one. */
  #take(stage: string): WorkerLine {
    const warm = this.#idle.findLastIndex((line) => line.warmFor === stage);
    const line = warm >= 0 ? this.#idle.splice(warm, 1)[0] : (this.#idle.pop() ?? this.#start());
    line.warmFor = stage;
    return line;
  }

  #giveBack(line: WorkerLine): void {
    this.#idle.push(line);
    while (this.#idle.length > this.#budget.total) void this.#idle.shift()?.kill();
  }

  #start(): WorkerLine {
    const { registryModule, store, scratchFolder } = this.#options;
    const child = fork(
      fileURLToPath(new URL('../worker/worker-process.ts', import.meta.url)),
      [String(process.pid), registryModule, store.root, scratchFolder, store.synced ? 'synced' : 'cache'],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced',
        execArgv: [],
      },
    );
    const line = new WorkerLine(child);
    this.#all.add(line);
    void line.ended.then(() => {
      this.#all.delete(line);
      const at = this.#idle.indexOf(line);
      if (at >= 0) this.#idle.splice(at, 1);
    });
    return line;
  }
}

function forbiddenCall({ label }: WorkRequest, backbone: string, { terms }: Backbone): FaultParts {
  return {
    code: 'task.forbidden-use',
    where: label,
    expected: 'a backbone that a model may be trained with',
    got: `"${backbone}", whose licence (${terms?.licence.name}) forbids it`,
    remedy: 'choose another teacher',
  };
}

/** Whom the messages of a worker about one piece of work concern. */
interface Hearers {
  readonly listener: WorkListener;
  call(message: FromWorker & { type: 'call' }): Promise<void>;
  resolve(outcome: Outcome): void;
  reject(error: Error): void;
}

function hear(message: FromWorker, { listener, call, resolve, reject }: Hearers): void {
  switch (message.type) {
    case 'progress':
      listener.progress?.(message.report);
      break;
    case 'log':
      listener.log?.(message.message);
      break;
    case 'scalars':
      listener.scalars?.(message.points);
      break;
    case 'call':
      void call(message);
      break;
    case 'made':
      resolve({ value: message.made });
      break;
    case 'returned':
      resolve({ value: message.value });
      break;
    case 'failed':
      reject(message.error.code === 'run.cancelled' ? new CancelledError() : new TaskError(message.error));
      break;
  }
}
