import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { messageBytesOf, persistently } from '@soliloquy/artifacts/nats';
import { isAlive, newRunId, type RunLog } from '../kept/journal.ts';
import { runEventSchema, type RunEvent } from '../run/events.ts';
import type { Cluster } from './cluster.ts';
import { cutToFit } from './cut-to-fit.ts';
import { leaveAll } from './leave-task.ts';
import { parseJson, runRecord, type ClusterRunRecord } from './messages.ts';
import { STREAMS, subjects } from './names.ts';
import { TaskStates } from './task-states.ts';

const ALIVE_EVERY_MS = 2000;
/** A runner that says nothing for so long is dead, and its run may be taken up. */
const RUNNER_DEAD_MS = 8000;
/** How far a task is is kept this often; the run's own terminal hears all of it. */
const PROGRESS_EVERY_MS = 500;
/** Word of new events may be lost. */
const LOOK_EVERY_MS = 1000;
const FLUSH_WITHIN_MS = 5000;
/** Events wait so long for others to go with. */
const GATHER_MS = 50;
const MOST_EVENTS = 200;
const MOST_BYTES = 256 * 1024;
/** What a message of events has beside them. Bytes. */
const ENVELOPE = 128;

/** What the events stream holds: events in order, numbered within the time that one runner had the run. */
const batch = z.object({
  session: z.number(),
  first: z.number(),
  events: z.array(z.unknown()),
});

/**
 * Opens the log of a run in the cluster: a record that every machine sees, and its events as a stream. With `resume` it
 * takes up the latest run of the same identity that has not finished and whose runner is dead, wherever that ran.
 */
export async function openRunLog(
  cluster: Cluster,
  { identity, graph, resume, onCancel }: { identity: string; graph: string; resume: boolean; onCancel: () => void },
): Promise<RunLog & { isCancelled(): Promise<boolean> }> {
  const before = resume ? await findUnfinished(cluster, identity) : undefined;
  const run = before?.run ?? newRunId();
  let record: ClusterRunRecord = {
    run,
    identity,
    graph,
    host: hostname(),
    pid: process.pid,
    startedAt: before?.startedAt ?? new Date().toISOString(),
    session: (before?.session ?? 0) + 1,
    status: 'running',
    aliveAt: Date.now(),
  };
  const write = async (): Promise<void> =>
    void (await persistently(() => cluster.runs.put(run, JSON.stringify(record)), cluster.closing));
  await write();

  const isCancelled = async (): Promise<boolean> => (await readRun(cluster, run))?.status === 'cancelling';
  const events = new EventSender(cluster, run, record.session);
  const cancelled = cluster.connection.subscribe(subjects.cancel(run), { callback: () => onCancel() });
  let beating = false;
  const alive = setInterval(() => {
    if (beating) return;
    beating = true;
    void (async () => {
      const entry = await persistently(() => cluster.runs.get(run), cluster.closing);
      if (entry !== null && parseJson(runRecord, entry.value)?.status === 'cancelling') return onCancel();
      record = { ...record, aliveAt: Date.now() };
      // Only over what was just read: a cancellation that comes in between must stand.
      if (entry !== null) await cluster.runs.update(run, JSON.stringify(record), entry.revision);
    })()
      .catch(() => undefined)
      .finally(() => void (beating = false));
  }, ALIVE_EVERY_MS);

  return {
    run,
    resumed: before !== undefined,
    isCancelled,
    append(event) {
      if (event.type === 'run-finished') record = { ...record, status: event.status };
      events.add(event);
    },
    async close() {
      clearInterval(alive);
      cancelled.unsubscribe();
      const late = AbortSignal.timeout(FLUSH_WITHIN_MS);
      await Promise.race([
        (async () => {
          await events.sent();
          await write();
        })(),
        new Promise((resolve) => late.addEventListener('abort', resolve, { once: true })),
      ]).catch(() => undefined);
    },
  };
}

/** Sends the events of a run to its stream, many in one message, in their order. */
class EventSender {
  readonly #cluster: Cluster;
  readonly #run: string;
  readonly #session: number;
  /** as JSON */
  readonly #waiting: string[] = [];
  /** when each element last said how far it is */
  readonly #told = new Map<string, number>();
  #first = 0;
  #sending: Promise<void> | undefined;

  constructor(cluster: Cluster, run: string, session: number) {
    this.#cluster = cluster;
    this.#run = run;
    this.#session = session;
  }

  add(event: RunEvent): void {
    if (event.type === 'task-progress') {
      const now = performance.now();
      if (now - (this.#told.get(event.element) ?? -Infinity) < PROGRESS_EVERY_MS) return;
      this.#told.set(event.element, now);
    }
    this.#waiting.push(JSON.stringify(cutToFit(event, this.#mostBytes())));
    this.#sending ??= pause(GATHER_MS)
      .then(() => this.#send())
      .catch(() => void this.#waiting.splice(0))
      .finally(() => void (this.#sending = undefined));
  }

  /** What the events of one message may have, beside what names them. */
  #mostBytes(): number {
    return Math.min(MOST_BYTES, messageBytesOf(this.#cluster.connection) - ENVELOPE);
  }

  /** Resolves when nothing is on its way. */
  async sent(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
  }

  async #send(): Promise<void> {
    const { js, closing } = this.#cluster;
    const waiting = this.#waiting;
    while (waiting.length > 0) {
      const most = this.#mostBytes();
      let [count, bytes] = [0, 0];
      while (count < Math.min(waiting.length, MOST_EVENTS)) {
        bytes += Buffer.byteLength(waiting[count]) + 1;
        if (count > 0 && bytes > most) break;
        count += 1;
      }
      const events = waiting.splice(0, count);
      // One after another, each until it is stored: so the stream has the order of the run. The id keeps what was
      // stored, and not heard to be, from being stored twice.
      const message = `{"session":${this.#session},"first":${this.#first},"events":[${events.join()}]}`;
      const msgID = `${this.#run}.${this.#session}.${this.#first}`;
      await persistently(() => js.publish(subjects.events(this.#run), message, { msgID }), closing);
      this.#first += events.length;
    }
  }
}

/** A run's record; `undefined` when the cluster knows none of that id. */
export async function readRun(cluster: Cluster, run: string): Promise<ClusterRunRecord | undefined> {
  const entry = await persistently(() => cluster.runs.get(run), cluster.closing);
  return entry === null || entry.operation !== 'PUT' ? undefined : parseJson(runRecord, entry.value);
}

/** All runs that the cluster remembers, the latest first. */
export async function listRuns(cluster: Cluster): Promise<ClusterRunRecord[]> {
  const runs: string[] = [];
  for await (const key of await persistently(() => cluster.runs.keys(), cluster.closing)) runs.push(key);
  const records = await Promise.all(runs.map((run) => readRun(cluster, run)));
  return records.filter((record) => record !== undefined).sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/**
 * Cancels a run by its id, wherever its runner is and whether it lives: its tasks leave the queue, and stop where they
 * run unless another run wants them.
 *
 * @returns whether the cluster knows such a run that is not finished
 */
export async function cancelRun(cluster: Cluster, run: string): Promise<boolean> {
  const record = await readRun(cluster, run);
  if (record === undefined || (record.status !== 'running' && record.status !== 'cancelling')) return false;
  await persistently(
    () => cluster.runs.put(run, JSON.stringify({ ...record, status: 'cancelling' } satisfies ClusterRunRecord)),
    cluster.closing,
  );
  cluster.connection.publish(subjects.cancel(run));
  await leaveAll(cluster, new TaskStates(cluster.tasks, cluster.closing), run);
  // A runner that lives says itself how its run ended.
  if (await isRunnerDead(cluster, record))
    await persistently(
      () => cluster.runs.put(run, JSON.stringify({ ...record, status: 'cancelled' } satisfies ClusterRunRecord)),
      cluster.closing,
    );
  return true;
}

async function findUnfinished(cluster: Cluster, identity: string): Promise<ClusterRunRecord | undefined> {
  const found = (await listRuns(cluster)).find(
    (record) => record.identity === identity && record.status !== 'done' && record.status !== 'unmet',
  );
  if (found === undefined || (await isRunnerDead(cluster, found))) return found;
  return undefined;
}

/** Whether a run's runner is gone: it is not on this machine any more, or says nothing while we wait for it. */
export async function isRunnerDead(cluster: Cluster, record: ClusterRunRecord): Promise<boolean> {
  if (record.status === 'failed' || record.status === 'cancelled') return true;
  if (record.host === hostname() && !isAlive(record.pid)) return true;
  // By this machine's clock alone: that of the other may be wrong.
  for (const end = performance.now() + RUNNER_DEAD_MS; performance.now() < end; await pause(ALIVE_EVERY_MS / 4)) {
    if ((await readRun(cluster, record.run))?.aliveAt !== record.aliveAt) return false;
  }
  return true;
}

/**
 * Follows a run from its first event to its end, from any machine: what it missed while the broker was away it gets,
 * and nothing twice. Reads message by message, by its place in the stream: an ordered consumer did not come back after
 * the server was killed (client 3.4, server 2.9.10).
 *
 * @param signal ends it
 */
export async function* followRun(cluster: Cluster, run: string, signal: AbortSignal): AsyncIterable<RunEvent> {
  const subject = subjects.events(run);
  let wake = (): void => {};
  const word = cluster.connection.subscribe(subject, { callback: () => wake() });
  const stop = (): void => wake();
  signal.addEventListener('abort', stop, { once: true });
  let [session, next] = [0, 0];
  try {
    for (let from = 1; !signal.aborted;) {
      const message = await persistently(
        () => cluster.manager.direct.getMessage(STREAMS.events, { seq: from, next_by_subj: subject }),
        signal,
      );
      if (message === null) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_EVERY_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        continue;
      }
      from = message.seq + 1;
      const said = parseJson(batch, message.data);
      if (said === undefined || said.session < session) continue;
      if (said.session > session) [session, next] = [said.session, 0];
      for (const [at, each] of said.events.entries()) {
        if (said.first + at < next) continue;
        next = said.first + at + 1;
        const event = runEventSchema.safeParse(each).data;
        if (event === undefined) continue;
        yield event;
        // Unless it was taken up again since.
        if (event.type === 'run-finished' && ((await readRun(cluster, run))?.session ?? session) <= session) return;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    word.unsubscribe();
  }
}
