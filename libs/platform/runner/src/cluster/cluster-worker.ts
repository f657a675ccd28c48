import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { AckPolicy, type ConsumerConfig } from '@nats-io/jetstream';
import { nanos, type Msg } from '@nats-io/transport-node';
import { diskInventory, type DiskStore } from '@soliloquy/artifacts';
import { isAway, persistently, type NatsStore } from '@soliloquy/artifacts/nats';
import type { StageRegistry } from '@soliloquy/graph';
import type { Device, GpuCard } from '@soliloquy/stage';
import { WorkerPool } from '../transport/worker-pool.ts';
import { ClusterError } from './cluster-error.ts';
import type { Cluster } from './cluster.ts';
import { deadLetterExhausted, sweepSettled } from './dead-letters.ts';
import { DeliveredWork } from './delivered-work.ts';
import { takeOne, type Delivery } from './delivery.ts';
import { forgetMessage, parseJson, type WorkerRecord } from './messages.ts';
import {
  capabilitiesOf,
  capabilityOf,
  consumerOf,
  PROTOCOL,
  STREAMS,
  subjects,
  workSubject,
  type Capability,
} from './names.ts';
import { discardPacked, unpack } from './pack.ts';
import { TaskQueue } from './task-queue.ts';

export interface ClusterWorkerOptions {
  readonly cluster: Cluster;
  /** Exports `stages`; each worker process imports it. */
  readonly registryModule: string;
  readonly registry: StageRegistry;
  /** The cache on this machine. */
  readonly local: DiskStore;
  readonly scratchFolder: string;
  /** How many cores the tasks of this worker may use together. */
  readonly threads: number;
  /** Graphics cards that tasks may have; those that are found when left out. */
  readonly gpus?: readonly GpuCard[];
  /** How many tasks it does at a time; default: as many as it has threads. */
  readonly slots?: number;
  /** What this machine computes on. Default: the CPU alone. */
  readonly devices?: readonly Device[];
  /** Which of the registry's capabilities it offers. Default: all. */
  readonly offers?: (stage: string, backbone: string) => boolean;
  /**
   * After how long without a sign of life its work is given to another. Default 30 s. The first worker of a capability
   * settles it for all.
   */
  readonly ackWaitMs?: number;
  /** How often a piece of work is delivered before it is given up. Default 5. Settled like `ackWaitMs`. */
  readonly deliveries?: number;
  /** Before the second attempt; doubled for each further one. Default 1 s. */
  readonly backoffMs?: number;
  /** How long a task may take here, see `WorkerPoolOptions.deadlineMs`. */
  readonly deadlineMs?: number;
  readonly version: string;
  /** What `doctor` found here. */
  readonly findings?: WorkerRecord['findings'];
  /** A line for whoever watches the worker. */
  readonly note?: (text: string) => void;
}

/**
 * Between two looks at every queue, where no word of new work came: what was given back, or timed out, is announced by
 * nobody.
 */
const LOOK_EVERY_MS = 1000;
/** The ack wait that another worker may have settled, at most. */
const LONGEST_ACK_WAIT_MS = 24 * 3600 * 1000;
const TELL_EVERY_MS = 3000;
const DEAD_LETTER_EVERY_MS = 2000;
const SWEEP_EVERY_MS = 5000;

/**
 * A machine of the cluster: takes work that it can do, one piece at a time for each slot, and does it in the worker
 * processes of the embedded transport. Inputs are brought into the folder that those read, outputs sent from there.
 */
export class ClusterWorker {
  readonly id: string;
  /** Settles when it has left. */
  readonly left: Promise<void>;
  readonly #options: ClusterWorkerOptions;
  readonly #cluster: Cluster;
  readonly #store: NatsStore;
  readonly #pool: WorkerPool;
  readonly #queue: TaskQueue;
  readonly #capabilities: Map<string, Capability>;
  /** Those whose queue may have something. */
  readonly #hopeful = new Set<string>();
  readonly #doing = new Set<DeliveredWork>();
  readonly #findings: WorkerRecord['findings'];
  readonly #joinedAt = new Date().toISOString();
  readonly #handBack = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Tasks that wait for an operation: they hold neither threads nor a slot. */
  #calling = 0;
  #leaving = false;
  #wake: () => void = () => {};
  #hasLeft: () => void = () => {};

  private constructor(options: ClusterWorkerOptions, store: NatsStore, queue: TaskQueue) {
    this.id = `${hostname().replace(/[^\w-]/g, '_')}-${process.pid}-${randomBytes(2).toString('hex')}`;
    this.#options = options;
    this.#cluster = options.cluster;
    this.#store = store;
    this.#queue = queue;
    this.#findings = [...(options.findings ?? [])];
    this.left = new Promise((resolve) => void (this.#hasLeft = resolve));
    this.#capabilities = new Map(
      [...capabilitiesOf(options.registry, options.devices ?? ['cpu'])].filter(
        ([, { stage, backbone }]) => options.offers?.(stage.id, backbone) ?? true,
      ),
    );
    this.#pool = new WorkerPool({
      registryModule: options.registryModule,
      registry: options.registry,
      store: options.local,
      scratchFolder: options.scratchFolder,
      threads: options.threads,
      gpus: options.gpus,
      // The queue counts attempts, and may give the next to another machine.
      attempts: 1,
      deadlineMs: options.deadlineMs,
      callElsewhere: (request, signal, listener) => this.#callElsewhere(request, signal, listener),
    });
  }

  /** @throws ClusterError */
  static async join(options: ClusterWorkerOptions): Promise<ClusterWorker> {
    const store = await options.cluster.openStore(options.local);
    const worker = new ClusterWorker(options, store, new TaskQueue(options.cluster, store));
    await worker.#join();
    return worker;
  }

  /** The pieces of work under way. */
  get doing(): number {
    return this.#doing.size;
  }

  /**
   * Takes no more work, finishes what it does, and says goodbye.
   *
   * @param withinMs after which what is not finished is handed back, for another worker
   */
  async leave(withinMs: number): Promise<void> {
    if (!this.#leaving) {
      this.#leaving = true;
      this.#wake();
      void this.#tell();
      if (withinMs > 0 && this.#doing.size > 0)
        await Promise.race([
          this.#idle(),
          pause(withinMs, undefined, { signal: this.#handBack.signal }).catch(() => undefined),
        ]);
      this.#handBack.abort();
      await this.#idle();
      this.#timers.forEach((timer) => clearInterval(timer));
      this.#queue.close();
      await this.#pool.close();
      await Promise.race([this.#cluster.workers.delete(this.id).catch(() => undefined), pause(1000)]);
      await this.#cluster.connection.flush().catch(() => undefined);
      this.#hasLeft();
    } else if (withinMs === 0) this.#handBack.abort();
    await this.left;
  }

  async #join(): Promise<void> {
    const { cluster, ackWaitMs = 30_000, deliveries = 5 } = this.#options;
    await this.#leaveOutCardless();
    for (const capability of this.#capabilities.keys()) {
      const consumer = consumerOf(capability);
      const config = {
        durable_name: consumer,
        ack_policy: AckPolicy.Explicit,
        filter_subject: workSubject(capability, '*'),
        ack_wait: nanos(ackWaitMs),
        max_deliver: deliveries,
        max_ack_pending: -1,
      };
      const there = await persistently(
        () => cluster.manager.consumers.info(STREAMS.work, consumer),
        cluster.closing,
      ).catch(() => undefined);
      if (there === undefined)
        await persistently(() => cluster.manager.consumers.add(STREAMS.work, config), cluster.closing);
      else refuseStrange(consumer, there.config, config);
      this.#hopeful.add(capability);
    }
    const prefix = subjects.wake('').length;
    cluster.connection.subscribe(subjects.wake('>'), {
      callback: (_error, { subject }) => {
        const capability = subject.slice(prefix);
        if (!this.#capabilities.has(capability)) return;
        this.#hopeful.add(capability);
        this.#wake();
      },
    });
    const stop = subjects.stop('').length;
    cluster.connection.subscribe(subjects.stop('*'), {
      callback: (_error, { subject }) => {
        for (const work of this.#doing) if (work.id === subject.slice(stop)) work.look();
      },
    });
    cluster.connection.subscribe(subjects.forget(this.id), {
      callback: (_error, message) => void this.#forget(message).catch(() => undefined),
    });
    this.#timers.push(
      setInterval(() => {
        for (const capability of this.#capabilities.keys()) this.#hopeful.add(capability);
        this.#wake();
      }, LOOK_EVERY_MS),
      setInterval(() => void this.#tell(), TELL_EVERY_MS),
      setInterval(() => void deadLetterExhausted(cluster).catch(() => undefined), DEAD_LETTER_EVERY_MS),
      setInterval(() => void sweepSettled(cluster).catch(() => undefined), SWEEP_EVERY_MS),
    );
    await this.#tell();
    void this.#loop();
  }

  /** Who reads one of them meanwhile brings it again, where the cluster still has it. */
  async #forget(message: Msg): Promise<void> {
    const asked = parseJson(forgetMessage, message.data);
    if (asked === undefined) return;
    await diskInventory(this.#options.local.root).remove(asked);
    message.respond();
  }

  /** What no card of this machine has the memory for is left to others: taken here it could only fail. */
  async #leaveOutCardless(): Promise<void> {
    const wanting = [...this.#capabilities].filter(([, { gpuMiB }]) => gpuMiB !== undefined);
    if (wanting.length === 0) return;
    await this.#pool.cards();
    for (const [capability, { stage, backbone, gpuMiB = 0 }] of wanting) {
      if (this.#pool.hasCardsFor([gpuMiB])) continue;
      this.#capabilities.delete(capability);
      const finding = { name: `${stage.id}/${backbone}`, here: false, detail: `no card of ${gpuMiB} MiB` };
      this.#findings.push(finding);
      this.#options.note?.(`does not offer ${finding.name}: ${finding.detail}`);
    }
  }

  async #loop(): Promise<void> {
    while (!this.#leaving) {
      const took = await this.#takeNext().catch(async (thrown: unknown) => {
        if (!isAway(thrown)) this.#options.note?.(`cannot take work: ${(thrown as Error).message}`);
        await pause(200);
        return false;
      });
      if (took || this.#leaving) continue;
      await new Promise<void>((resolve) => void (this.#wake = resolve));
    }
  }

  /** Takes one piece of work from the queues in turn, of those for which there are threads and cards. */
  async #takeNext(): Promise<boolean> {
    for (const capability of [...this.#hopeful]) {
      if (this.#leaving || this.#doing.size - this.#calling >= (this.#options.slots ?? this.#options.threads))
        return false;
      const { wants = 1, gpuMiB } = this.#capabilities.get(capability) ?? {};
      if (this.#pool.width(wants) > this.#freeThreads() || !this.#hasCard(gpuMiB)) continue;
      this.#hopeful.delete(capability);
      const delivery = await takeOne(this.#cluster, STREAMS.work, consumerOf(capability));
      if (delivery === undefined) continue;
      // Behind the others: every queue gets its turn.
      this.#hopeful.add(capability);
      this.#begin(delivery, { wants, gpuMiB });
      return true;
    }
    return false;
  }

  /** Threads that neither run nor are promised to work that still waits for its inputs. */
  #freeThreads(): number {
    const promised = [...this.#doing].reduce(
      (sum, work) => sum + (work.preparing ? this.#pool.width(work.wants) : 0),
      0,
    );
    return this.#pool.free - promised;
  }

  /** Whether a card is free that is not promised to work that still waits for its inputs. */
  #hasCard(gpuMiB: number | undefined): boolean {
    if (gpuMiB === undefined) return true;
    const promised = [...this.#doing].flatMap((work) => (work.preparing ? (work.gpuMiB ?? []) : []));
    return this.#pool.hasCardsFor([...promised, gpuMiB]);
  }

  #begin(delivery: Delivery, { wants, gpuMiB }: Pick<Capability, 'wants' | 'gpuMiB'>): void {
    const { ackWaitMs = 30_000, deliveries = 5, backoffMs = 1000, note } = this.#options;
    const work = new DeliveredWork({
      delivery,
      wants,
      gpuMiB,
      registry: this.#options.registry,
      worker: this.id,
      cluster: this.#cluster,
      store: this.#store,
      pool: this.#pool,
      states: this.#queue.states,
      ackWaitMs,
      deliveries,
      backoffMs,
      handBack: this.#handBack.signal,
      note: note ?? (() => {}),
    });
    this.#doing.add(work);
    void work
      .do()
      .catch((thrown: unknown) => note?.(`${work.label}: ${(thrown as Error).message}`))
      .finally(() => {
        this.#doing.delete(work);
        this.#wake();
      });
  }

  /** An operation goes by the queue like any task: wherever a worker has it. */
  async #callElsewhere(
    request: Parameters<NonNullable<ConstructorParameters<typeof WorkerPool>[0]['callElsewhere']>>[0],
    signal: AbortSignal,
    listener: Parameters<WorkerPool['submit']>[2],
  ): Promise<unknown> {
    const stage = this.#options.registry.get(request.stage);
    if (stage === undefined || !Object.hasOwn(stage.backbones, request.backbone))
      return this.#pool.operate(request, signal, listener);
    const capability = capabilityOf(stage, request.backbone, request.device);
    // The threads and the slot that its caller gave back may do it.
    this.#calling++;
    this.#wake();
    const { result } = await this.#queue
      .submit(request, capability, this.id, signal, listener)
      .finally(() => void this.#calling--);
    if (!('value' in result)) return undefined;
    const value = await unpack(result.value, this.#store);
    await discardPacked(result.value, this.#store).catch(() => undefined);
    return value;
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => void (this.#doing.size === 0 ? resolve() : setTimeout(look, 20));
      look();
    });
  }

  async #tell(): Promise<void> {
    const { threads, slots, version } = this.#options;
    const record: WorkerRecord = {
      id: this.id,
      host: hostname(),
      pid: process.pid,
      protocol: PROTOCOL,
      version,
      threads,
      slots: slots ?? threads,
      busyThreads: threads - this.#pool.free,
      leaving: this.#leaving,
      joinedAt: this.#joinedAt,
      capabilities: [...this.#capabilities.keys()],
      findings: [...this.#findings],
      running: [...this.#doing].map((work) => work.describe()),
    };
    await this.#cluster.workers.put(this.id, JSON.stringify(record)).catch(() => undefined);
  }
}

/** A queue that somebody set up so that work gets lost in it, or goes elsewhere. @throws ClusterError */
function refuseStrange(name: string, there: ConsumerConfig, wanted: Partial<ConsumerConfig>): void {
  const fits =
    there.filter_subject === wanted.filter_subject &&
    there.ack_policy === wanted.ack_policy &&
    there.deliver_subject === undefined &&
    (there.max_ack_pending ?? -1) <= 0 &&
    (there.ack_wait ?? 0) <= nanos(LONGEST_ACK_WAIT_MS);
  if (fits) return;
  throw new ClusterError({
    code: 'cluster.strange-queue',
    where: `cluster.${STREAMS.work}.${name}`,
    expected: `a consumer of ${wanted.filter_subject} with explicit acknowledgement within a day`,
    got: `one of ${there.filter_subject ?? 'several subjects'} that another member made otherwise`,
    remedy: 'delete it with an account that may (nats consumer rm), and look who has the credentials of a worker',
  });
}
