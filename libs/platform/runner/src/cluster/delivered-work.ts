import { isArtifactLost, StoreError, type ArtifactRef, type StoredOutputs } from '@soliloquy/artifacts';
import { messageBytesOf, type NatsStore } from '@soliloquy/artifacts/nats';
import { sentenceOf } from '@soliloquy/fault';
import type { StageRegistry } from '@soliloquy/graph';
import type { Made, WireError } from '../transport/protocol.ts';
import { CancelledError, TaskError, wireError } from '../transport/task-error.ts';
import type { WorkListener } from '../transport/transport.ts';
import type { WorkerPool } from '../transport/worker-pool.ts';
import type { Cluster } from './cluster.ts';
import { cutToFit } from './cut-to-fit.ts';
import { sendDeadLetter } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import { strangenessOfWork } from './examine-work.ts';
import {
  parseJson,
  workMessage,
  type Packed,
  type ProgressMessage,
  type TaskState,
  type WireWork,
  type WorkMessage,
} from './messages.ts';
import { PROTOCOL, subjects } from './names.ts';
import { discardPacked, pack, packMade, unpack, unpackWork } from './pack.ts';
import type { TaskStates } from './task-states.ts';

export interface DeliveredWorkParts {
  readonly delivery: Delivery;
  readonly wants: number | 'all';
  /** Memory of a card that it wants. */
  readonly gpuMiB?: number;
  /** What is installed here. */
  readonly registry: StageRegistry;
  readonly worker: string;
  readonly cluster: Cluster;
  readonly store: NatsStore;
  readonly pool: WorkerPool;
  readonly states: TaskStates;
  readonly ackWaitMs: number;
  readonly deliveries: number;
  readonly backoffMs: number;
  /** Aborts when the worker leaves and cannot wait. */
  readonly handBack: AbortSignal;
  readonly note: (text: string) => void;
}

type Running = TaskState & { readonly state: 'running' };

/** That this worker has the work, and how it was written. */
interface Claim {
  readonly running: Running;
  readonly revision: number;
}

/**
 * What a worker, its disk, its models or the broker is to blame for: another attempt may succeed. What a stage says is
 * for good.
 */
const TRANSIENT = new Set([
  'task.worker-lost',
  'store.full',
  'store.unwritable',
  'store.failed',
  'task.unknown-stage',
  'model.missing',
  'model.changed',
]);
const LONGEST_BACKOFF_MS = 60_000;
/**
 * An output that finds no room is kept here and sent again for so long before the work is given back: it was computed,
 * others would only do that again.
 */
const ROOM_WITHIN_MS = 60_000;

/** Somebody else has this work now, or nobody wants it any more. */
class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
}

/**
 * One delivery of a piece of work, from claiming it to taking it out of the queue. The order is what keeps work from
 * being lost or done twice: claim (compare-and-swap), inputs here, run, outputs stored in the cluster, state `done`
 * (compare-and-swap), acknowledged acknowledgement. Dying after any of these leaves the message in the queue, and the
 * state says to the next one what is left to do.
 */
export class DeliveredWork {
  readonly wants: number | 'all';
  readonly gpuMiB: number | undefined;
  label = 'work';
  /** Of the task or operation, once the message was read. */
  id: string | undefined;
  /** Looks whether this work is still ours. */
  look: () => void = () => {};
  /** It has no threads and no card yet. */
  preparing = true;
  readonly #parts: DeliveredWorkParts;
  readonly #began = performance.now();
  #runs: readonly string[] = [];

  constructor(parts: DeliveredWorkParts) {
    this.#parts = parts;
    this.wants = parts.wants;
    this.gpuMiB = parts.gpuMiB;
  }

  describe(): { label: string; runs: string[]; attempt: number; seconds: number } {
    return {
      label: this.label,
      runs: [...this.#runs],
      attempt: this.#parts.delivery.attempt,
      seconds: Math.round((performance.now() - this.#began) / 1000),
    };
  }

  async do(): Promise<void> {
    const { delivery, ackWaitMs } = this.#parts;
    const beat = setInterval(() => delivery.working(), ackWaitMs / 3);
    try {
      const message = parseJson(workMessage, delivery.data);
      if (message === undefined) return await this.#poison(`${delivery.data.length} bytes that are none`);
      // Of another version it is told so below.
      const examined = message.protocol === PROTOCOL ? this.#examine(message) : undefined;
      // Where the store cannot be read, that is judged with the claim.
      const work = await examined?.catch(() => undefined);
      if (typeof work === 'string') return await this.#poison(`one with ${work}`);
      this.id = message.id;
      this.label = message.work.label;
      const claim = await this.#claim(message);
      if (claim === 'drop') return delivery.ack();
      await this.#doClaimed(message, work, claim, () => clearInterval(beat));
    } finally {
      clearInterval(beat);
    }
  }

  /** What the message asks for, or in words what is wrong with it. @throws StoreError where that cannot be read */
  async #examine(message: WorkMessage): Promise<WireWork | string> {
    const { store, delivery, registry } = this.#parts;
    const work = await unpackWork(message.work, store);
    if (work === undefined) return 'a content that is no work';
    return strangenessOfWork({ ...message, work }, delivery.subject, registry) ?? work;
  }

  /** What asks for nothing that is done here: no state is touched, whosever it is. */
  async #poison(got: string): Promise<void> {
    const { delivery, cluster, note } = this.#parts;
    const reason = `expected a work message, got ${got}`;
    note(`${delivery.subject}: ${reason}; it is among the dead letters`);
    await sendDeadLetter(cluster, {
      kind: 'poison',
      id: `poison-${delivery.sequence}`,
      label: delivery.subject,
      reason,
      attempts: delivery.attempt,
      message: null,
    });
    delivery.ack();
  }

  /**
   * Takes the work for this worker. `drop`: it is done, was given up, is not wanted any more, or this is a copy of it.
   */
  async #claim(message: WorkMessage): Promise<Claim | 'drop'> {
    const { states, delivery, worker, pool } = this.#parts;
    const { id, ticket, capability, queued } = message;
    const take = async (runs: readonly string[], at: number): Promise<Claim | undefined> => {
      const running: Running = {
        state: 'running',
        ticket,
        runs: [...runs],
        label: message.work.label,
        capability,
        worker,
        sequence: delivery.sequence,
        attempt: delivery.attempt,
        threads: message.work.threads ?? pool.width(this.wants),
      };
      const revision = await states.replace(id, running, at);
      if (revision === undefined) return undefined;
      this.#runs = runs;
      return { running, revision };
    };
    if (queued !== undefined && delivery.attempt === 1) {
      const taken = await take(queued.runs, queued.revision);
      if (taken !== undefined) return taken;
    }
    for (;;) {
      const found = await states.get(id);
      if (found === undefined || found.state.ticket !== ticket) return 'drop';
      const { state } = found;
      if (state.state === 'done') return 'drop';
      if (state.state === 'failed') {
        // Its worker died between saying so and sending the dead letter.
        if (state.dead)
          await sendDeadLetter(this.#parts.cluster, {
            kind: 'permanent',
            id,
            label: state.label,
            reason: sentenceOf(state.error),
            attempts: state.attempt,
            message,
          });
        return 'drop';
      }
      if (state.state === 'running' && state.sequence !== delivery.sequence) return 'drop';
      const taken = await take(state.runs, found.revision);
      if (taken !== undefined) return taken;
    }
  }

  async #doClaimed(
    message: WorkMessage,
    known: WireWork | undefined,
    claim: Claim,
    stopBeating: () => void,
  ): Promise<void> {
    const { cluster, ackWaitMs, handBack } = this.#parts;
    const { id, work } = message;
    const stop = new AbortController();
    let lost = false;
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) return;
      looking = true;
      const mine = await this.#isMine(id, claim.running).catch(() => true);
      looking = false;
      if (mine) return;
      lost = true;
      stopBeating();
      stop.abort();
    };
    this.look = () => void look();
    const looks = setInterval(this.look, ackWaitMs / 3);
    const giveUp = (): void => stop.abort();
    handBack.addEventListener('abort', giveUp, { once: true });
    if (handBack.aborted) stop.abort();
    try {
      if (message.protocol !== PROTOCOL)
        return await this.#fail(message, claim, {
          code: 'task.protocol',
          where: work.label,
          expected: `protocol ${PROTOCOL}`,
          got: `${message.protocol}`,
          remedy: 'run the same version of soliloquy on every machine',
        });
      const asked = known ?? (await this.#examine(message));
      if (typeof asked === 'string')
        throw new TaskError({
          code: 'task.bad-work',
          where: work.label,
          expected: 'a work message',
          got: `one with ${asked}`,
          remedy: 'run the same version of soliloquy on every machine',
        });
      const result = await this.#result(id, asked, stop.signal);
      const { ticket, worker, attempt, threads } = claim.running;
      await this.#finish(
        id,
        claim,
        () => ({ state: 'done', ticket, label: work.label, worker, attempt, threads, result }),
        (state) => state.state === 'queued' || state.state === 'running',
      );
      this.#parts.delivery.ack();
    } catch (thrown) {
      if (lost || thrown instanceof ClaimLostError)
        return this.#parts.note(`${work.label}: nobody waits for it here any more`);
      if (handBack.aborted) return await this.#giveBack(message, claim, 'its worker left', 1);
      if (cluster.closing.aborted) return;
      // It stands in the state and, with the message, in a dead letter.
      const room = messageBytesOf(cluster.connection) / 4;
      await this.#judge(message, claim, cutToFit(wireError(thrown, work.label), room));
    } finally {
      clearInterval(looks);
      handBack.removeEventListener('abort', giveUp);
    }
  }

  async #result(id: string, work: WireWork, signal: AbortSignal): Promise<(TaskState & { state: 'done' })['result']> {
    return work.kind === 'task'
      ? { made: await packMade(await this.#makeTask(id, work, signal), this.#parts.store) }
      : { value: await this.#makeValue(id, work, signal) };
  }

  /**
   * Inputs from the cluster, the task in a worker process, outputs to the cluster. What this machine made before is
   * only sent.
   */
  async #makeTask(id: string, work: WireWork & { kind: 'task' }, signal: AbortSignal): Promise<Made> {
    const { store, pool } = this.#parts;
    const before = await this.#fromHere(work.key);
    if (before !== undefined) {
      this.preparing = false;
      await this.#send(before.outputs, signal);
      return before;
    }
    const digests = Object.values(work.inputs).flatMap((input) => input ?? []);
    await Promise.all(digests.map((digest) => store.bring(digest)));
    if (signal.aborted) throw new CancelledError();
    const made = await pool.submit(work, signal, this.#listener(id));
    const { outputs, cores, ...about } = made;
    // What another number of cores made is nothing to be found under this key.
    if (cores === work.cores) await store.local.putResult(work.key, { outputs, about: { ...about } });
    await this.#send(outputs, signal);
    return made;
  }

  async #makeValue(id: string, work: WireWork & { kind: 'operation' }, signal: AbortSignal): Promise<Packed> {
    const { store, pool } = this.#parts;
    const args = await unpack(work.args, store);
    const value = await pool.operate({ ...work, args }, signal, this.#listener(id));
    await discardPacked(work.args, store).catch(() => undefined);
    return pack(value, store);
  }

  async #fromHere(key: string): Promise<Made | undefined> {
    const { local } = this.#parts.store;
    const result = await local.getResult(key);
    if (result === undefined) return undefined;
    try {
      for (const { digest } of refsOf(result.outputs)) await local.check(digest);
    } catch {
      return undefined;
    }
    const { previews, seconds, peakBytes } = result.about as unknown as Omit<Made, 'outputs'>;
    return { outputs: result.outputs, previews, seconds, peakBytes };
  }

  async #send(outputs: StoredOutputs, signal: AbortSignal): Promise<void> {
    const end = performance.now() + ROOM_WITHIN_MS;
    for (let wait = 200; ; wait = Math.min(5000, 2 * wait)) {
      try {
        await Promise.all(refsOf(outputs).map(({ digest }) => this.#parts.store.send(digest)));
        return;
      } catch (thrown) {
        if (
          !(thrown instanceof StoreError) ||
          thrown.code !== 'store.full' ||
          performance.now() > end ||
          signal.aborted
        )
          throw thrown;
        this.#parts.note(`${this.label}: ${(thrown as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  #listener(id: string): WorkListener {
    const { connection } = this.#parts.cluster;
    const say = (message: ProgressMessage): void => {
      if (connection.isClosed()) return;
      connection.publish(subjects.progress(id), JSON.stringify(cutToFit(message, messageBytesOf(connection))));
    };
    return {
      started: () => void (this.preparing = false),
      progress: (report) => say({ type: 'progress', ...report }),
      log: (message) => say({ type: 'log', message }),
      scalars: (points) => say({ type: 'scalars', points: [...points] }),
    };
  }

  /** For good, or worth another attempt, here or elsewhere? */
  async #judge(message: WorkMessage, claim: Claim, error: WireError): Promise<void> {
    const { deliveries, backoffMs, delivery, store, note } = this.#parts;
    note(sentenceOf(error));
    if (isArtifactLost(new TaskError(error))) {
      // Where the cluster has it whole the copy here was at fault; else the runner has it made again.
      const there = error.digest !== undefined && (await store.has(error.digest));
      if (!there) return this.#settle(message, claim, error, false);
    } else if (!TRANSIENT.has(error.code)) return this.#fail(message, claim, error);
    if (delivery.attempt >= deliveries) return this.#fail(message, claim, error, 'exhausted');
    await this.#giveBack(
      message,
      claim,
      sentenceOf(error),
      Math.min(LONGEST_BACKOFF_MS, backoffMs * 2 ** (delivery.attempt - 1)),
    );
  }

  async #fail(
    message: WorkMessage,
    claim: Claim,
    error: WireError,
    kind: 'permanent' | 'exhausted' = 'permanent',
  ): Promise<void> {
    await this.#settle(message, claim, error, true, kind);
  }

  /** State, then dead letter, then out of the queue. */
  async #settle(
    message: WorkMessage,
    claim: Claim,
    error: WireError,
    dead: boolean,
    kind: 'permanent' | 'exhausted' = 'permanent',
  ): Promise<void> {
    const { label } = message.work;
    const { ticket, attempt } = claim.running;
    await this.#finish(message.id, claim, () => ({ state: 'failed', ticket, label, attempt, dead, error }));
    if (dead)
      await sendDeadLetter(this.#parts.cluster, {
        kind,
        id: message.id,
        label,
        reason: sentenceOf(error),
        attempts: attempt,
        message,
      });
    this.#parts.delivery.ack();
  }

  async #giveBack(message: WorkMessage, claim: Claim, why: string, afterMs: number): Promise<void> {
    const { ticket, label, capability, attempt } = claim.running;
    await this.#finish(message.id, claim, (runs) => ({
      state: 'queued',
      ticket,
      runs: [...runs],
      label,
      capability,
      retried: { why, attempt: attempt + 1 },
    }));
    this.#parts.delivery.giveBack(afterMs);
  }

  /**
   * Writes what became of the work. Mostly nobody touched its state since it was claimed: whether that is so is asked
   * when the server says that somebody did.
   *
   * @param instead whether it also holds in a state that is no claim of ours. What is done is: a server that was killed
   *   may have forgotten the claim that it confirmed just before, and given the work to another, who need not finish it
   *   then
   * @throws ClaimLostError when this worker does not have it any more
   */
  async #finish(
    id: string,
    { running, revision }: Claim,
    next: (runs: readonly string[]) => TaskState,
    instead: (state: TaskState) => boolean = () => false,
  ): Promise<void> {
    const { states, cluster } = this.#parts;
    if ((await states.replace(id, next(running.runs), revision)) !== undefined) return;
    let mine = true;
    const standing = await states.change(id, (state) => {
      // Our own answer, of which the confirmation was lost.
      if (state.state !== 'running' && state.ticket === running.ticket && state.state === next([]).state)
        return undefined;
      mine = isClaim(state, running) || (state.ticket === running.ticket && instead(state));
      return mine ? next('runs' in state ? state.runs : []) : undefined;
    });
    if (!mine || standing === undefined) throw new ClaimLostError('claim lost');
    cluster.connection.publish(subjects.stop(id));
  }

  async #isMine(id: string, claim: Running): Promise<boolean> {
    const found = await this.#parts.states.get(id);
    if (found === undefined) return false;
    const { state } = found;
    if (state.state === 'running' && isClaim(state, claim)) {
      this.#runs = state.runs;
      return true;
    }
    // A server that was killed forgot our claim: nobody else writes this ticket's work as queued while we do it.
    if (state.state === 'queued' && state.ticket === claim.ticket)
      return (await this.#parts.states.replace(id, { ...claim, runs: state.runs }, found.revision)) !== undefined;
    return (
      state.ticket === claim.ticket &&
      (state.state === 'failed' || (state.state === 'done' && state.worker === claim.worker))
    );
  }
}

function isClaim(state: TaskState, claim: Running): boolean {
  return (
    state.state === 'running' &&
    state.ticket === claim.ticket &&
    state.worker === claim.worker &&
    state.attempt === claim.attempt
  );
}

function refsOf(outputs: StoredOutputs): ArtifactRef[] {
  return Object.values(outputs).flatMap((output) => (output === null ? [] : (output as ArtifactRef | ArtifactRef[])));
}
