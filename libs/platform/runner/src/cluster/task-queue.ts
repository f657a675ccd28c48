import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { isArtifactLost, type ArtifactRef } from '@soliloquy/artifacts';
import { persistently, type NatsStore } from '@soliloquy/artifacts/nats';
import { CancelledError, TaskError } from '../transport/task-error.ts';
import type { WorkListener, WorkRequest } from '../transport/transport.ts';
import type { Cluster } from './cluster.ts';
import { dropDeadLetter } from './dead-letters.ts';
import { leaveTask } from './leave-task.ts';
import { parseJson, progressMessage, type TaskState, type WireWork, type WorkMessage } from './messages.ts';
import { capabilityWords, consumerOf, PROTOCOL, STREAMS, subjects, workSubject } from './names.ts';
import { pack, packWork, unpackMade } from './pack.ts';
import { TaskStates, type Standing } from './task-states.ts';

/** What a piece of work came to. */
export type Outcome = TaskState & { readonly state: 'done' };

/**
 * How often a state is looked at although nothing was heard of it: word of a change may be lost, and so may a message.
 */
const LOOK_EVERY_MS = 5000;
/** Workers are woken this often at most: who is awake looks at a queue until it is empty. */
const WAKE_EVERY_MS = 20;
/** Leaving a task must not hold up Ctrl-C. */
const LEAVE_WITHIN_MS = 1200;

/**
 * Puts work into the cluster's queue and waits for what becomes of it. Whatever is asked for by the same key, by
 * whichever run, is one task: who comes second joins.
 */
export class TaskQueue {
  readonly states: TaskStates;
  readonly #cluster: Cluster;
  readonly #store: NatsStore;
  readonly #waiting = new Map<string, (standing: Standing | undefined, revision: number) => void>();
  /** Since somebody wanted to hear of something: a worker mostly does not. */
  #watching: Promise<() => void> | undefined;
  /** Capabilities of which word is about to be given. */
  readonly #waking = new Set<string>();
  readonly #wakeAgain = new Set<string>();

  constructor(cluster: Cluster, store: NatsStore) {
    this.#cluster = cluster;
    this.#store = store;
    this.states = new TaskStates(cluster.tasks, cluster.closing);
  }

  close(): void {
    void this.#watching?.then((stop) => stop()).catch(() => undefined);
  }

  /**
   * Has a piece of work done and waits for it.
   *
   * @param capability what a worker must have
   * @param run on whose behalf
   * @param isCancelled whether the run was cancelled by somebody else
   * @throws TaskError when it failed for good; CancelledError
   */
  async submit(
    request: WorkRequest,
    capability: string,
    run: string,
    signal: AbortSignal,
    listener: WorkListener,
    isCancelled: () => Promise<boolean> = async () => false,
  ): Promise<Outcome> {
    const id = request.kind === 'task' ? request.key : randomUUID();
    const message: Omit<WorkMessage, 'ticket'> = {
      protocol: PROTOCOL,
      id,
      capability,
      work: await packWork(await this.#wire(request), this.#store),
    };
    const news = new ProgressDeduplicator(listener);
    let [latest, heardAt, wake]: [Standing | undefined, number, () => void] = [undefined, 0, () => {}];
    this.#waiting.set(id, (standing, revision) => {
      if (revision < heardAt) return;
      [latest, heardAt] = [standing, revision];
      wake();
    });
    const progress = this.#cluster.connection.subscribe(subjects.progress(id), {
      callback: (_error, { data }) => news.progress(data),
    });
    const stop = (): void => wake();
    signal.addEventListener('abort', stop, { once: true });
    try {
      this.#watching ??= this.states.watch((waitedFor) => this.#waiting.get(waitedFor));
      await this.#watching;
      let standing: Standing | undefined = await this.#enter(message, run);
      for (;;) {
        if (signal.aborted) throw new CancelledError();
        if (standing === undefined) {
          if (await isCancelled()) throw new CancelledError();
          standing = await this.#enter(message, run);
        }
        const { state } = standing;
        news.stands(state);
        if (state.state === 'done') return state;
        if (state.state === 'failed') throw new TaskError(state.error);
        const { revision } = standing;
        const heard = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), LOOK_EVERY_MS);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
          if (heardAt > revision || signal.aborted) wake();
        });
        if (heard && heardAt > revision) standing = latest;
        else if (!signal.aborted) standing = await this.#look(message);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#waiting.delete(id);
      progress.unsubscribe();
      if (signal.aborted)
        await Promise.race([
          leaveTask(this.#cluster, this.states, id, run).catch(() => undefined),
          new Promise((resolve) => setTimeout(resolve, LEAVE_WITHIN_MS)),
        ]);
    }
  }

  /** Sees to it that the work is queued, on behalf of this run. */
  async #enter(message: Omit<WorkMessage, 'ticket'>, run: string): Promise<Standing> {
    const { id, capability, work } = message;
    for (;;) {
      const ticket = randomUUID();
      const queued: TaskState = { state: 'queued', ticket, runs: [run], label: work.label, capability };
      // Most work is new: whether it is known is asked when the server says so.
      let revision = await this.states.create(id, queued);
      if (revision === undefined) {
        const found = await this.states.get(id);
        if (found === undefined) continue;
        const { state } = found;
        if (state.state === 'queued' || state.state === 'running') {
          if (state.runs.includes(run)) return found;
          const joined = { ...state, runs: [...state.runs, run] };
          revision = await this.states.replace(id, joined, found.revision);
          if (revision !== undefined) return { state: joined, revision };
          continue;
        }
        if (state.state === 'done' && (await this.#isThere(state))) return found;
        revision = await this.states.replace(id, queued, found.revision);
        if (revision !== undefined && state.state === 'failed' && state.dead) await dropDeadLetter(this.#cluster, id);
      }
      if (revision === undefined) continue;
      await this.#publish({ ...message, ticket, queued: { revision, runs: queued.runs } });
      return { state: queued, revision };
    }
  }

  /** Looks at a state of which nothing was heard; work whose message is gone from the queue is queued anew. */
  async #look(message: Omit<WorkMessage, 'ticket'>): Promise<Standing | undefined> {
    const { id, capability } = message;
    const there = await persistently(
      () => this.#cluster.manager.streams.getMessage(STREAMS.work, { last_by_subj: workSubject(capability, id) }),
      this.#cluster.closing,
    );
    const standing = await this.states.get(id);
    if (standing === undefined || standing.state.state === 'done' || standing.state.state === 'failed') return standing;
    if (there !== null) {
      // A server that was killed may know of a delivery that it forgot, or of an acknowledgement that it took back:
      // nobody would get it ever again.
      if (!(await this.#isForgotten(capability, there.seq))) return standing;
      await this.#cluster.manager.streams.deleteMessage(STREAMS.work, there.seq).catch(() => undefined);
    }
    const ticket = randomUUID();
    const queued: TaskState = {
      state: 'queued',
      ticket,
      runs: standing.state.runs,
      label: standing.state.label,
      capability,
    };
    const revision = await this.states.replace(id, queued, standing.revision);
    if (revision === undefined) return this.states.get(id);
    await this.#publish({ ...message, ticket, queued: { revision, runs: queued.runs } });
    return { state: queued, revision };
  }

  /** Whether the consumer is past a message that is still in the queue, and waits for nobody's acknowledgement. */
  async #isForgotten(capability: string, sequence: number): Promise<boolean> {
    const consumer = await this.#cluster.manager.consumers
      .info(STREAMS.work, consumerOf(capability))
      .catch(() => undefined);
    return (
      consumer !== undefined &&
      consumer.delivered.stream_seq >= sequence &&
      consumer.num_ack_pending === 0 &&
      consumer.num_pending === 0
    );
  }

  async #publish(message: WorkMessage): Promise<void> {
    const { js, connection, closing } = this.#cluster;
    await persistently(
      () =>
        js.publish(workSubject(message.capability, message.id), JSON.stringify(message), {
          msgID: `${message.id}.${message.ticket}`,
        }),
      closing,
    );
    this.#wake(connection, message.capability);
  }

  /** At once, and once more a little later for all that came meanwhile. */
  #wake(connection: NatsConnection, capability: string): void {
    if (this.#waking.has(capability)) return void this.#wakeAgain.add(capability);
    connection.publish(subjects.wake(capability));
    this.#waking.add(capability);
    setTimeout(() => {
      this.#waking.delete(capability);
      if (this.#wakeAgain.delete(capability) && !connection.isClosed()) this.#wake(connection, capability);
    }, WAKE_EVERY_MS).unref();
  }

  async #isThere({ result }: Outcome): Promise<boolean> {
    if (!('made' in result)) return true;
    try {
      const { outputs } = await unpackMade(result.made, this.#store);
      const refs = Object.values(outputs).flatMap((output) =>
        output === null ? [] : (output as ArtifactRef | readonly ArtifactRef[]),
      );
      return (await Promise.all(refs.map(({ digest }) => this.#store.has(digest)))).every(Boolean);
    } catch (thrown) {
      // What is no result at all is made again, whoever wrote it.
      if (isArtifactLost(thrown) || (thrown instanceof TaskError && thrown.code === 'task.bad-result')) return false;
      throw thrown;
    }
  }

  async #wire(request: WorkRequest): Promise<WireWork> {
    const { label, stage, backbone, params, models, seed, device, wants, threads, rank } = request;
    const about = { label, stage, backbone, params: { ...params }, models, seed, device, wants, threads, rank };
    if (request.kind === 'operation')
      return { kind: 'operation', operation: request.operation, args: await pack(request.args, this.#store), ...about };
    return {
      kind: 'task',
      key: request.key,
      inputs: Object.fromEntries(
        Object.entries(request.inputs).map(([port, digests]) => [
          port,
          typeof digests === 'string' || digests === null ? digests : [...digests],
        ]),
      ),
      ...(request.titles !== undefined && {
        titles: Object.fromEntries(Object.entries(request.titles).map(([port, titles]) => [port, [...titles]])),
      }),
      ...(request.cores !== undefined && { cores: request.cores }),
      ...about,
    };
  }
}

/** What is heard of one piece of work on its way, at most: a log that never ends fills no journal. Bytes. */
const MOST_NEWS = 16 * 2 ** 20;

/** Passes the news of a piece of work to its listener, each thing once: a state is seen by watching and by looking. */
class ProgressDeduplicator {
  readonly #listener: WorkListener;
  #attempt = 0;
  #worker = '';
  #retried = 0;
  #bytes = 0;

  constructor(listener: WorkListener) {
    this.#listener = listener;
  }

  stands(state: TaskState): void {
    if (state.state === 'queued') {
      if (state.retried !== undefined && state.retried.attempt > this.#retried) {
        this.#retried = state.retried.attempt;
        this.#listener.retried?.(state.retried.why, state.retried.attempt);
      }
    } else if (state.state !== 'failed' && (state.attempt !== this.#attempt || state.worker !== this.#worker)) {
      if (this.#attempt > 0 && state.attempt > Math.max(this.#attempt, this.#retried))
        this.#listener.retried?.(`its worker ${this.#worker} was lost`, state.attempt);
      [this.#attempt, this.#worker] = [state.attempt, state.worker];
      this.#listener.started?.(state.threads, state.attempt, state.worker);
    }
  }

  progress(data: Uint8Array): void {
    this.#bytes += data.length;
    if (this.#bytes > MOST_NEWS) return;
    const said = parseJson(progressMessage, data);
    if (said?.type === 'progress') {
      const { type: _type, ...report } = said;
      this.#listener.progress?.(report);
    }
    if (said?.type === 'log') this.#listener.log?.(said.message);
    if (said?.type === 'scalars') this.#listener.scalars?.(said.points);
  }
}

/** What is said of work that nobody can do. */
export function nobodyCan(capability: string, workers: number): string {
  return (
    `waits for a worker that has ${capabilityWords(capability)}; ` +
    `${workers === 0 ? 'no worker has joined' : `none of the ${workers} that joined has it`}: start one with ` +
    'soliloquy worker --nats …, of this same version'
  );
}
