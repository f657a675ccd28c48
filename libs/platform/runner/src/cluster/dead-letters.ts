import { randomUUID } from 'node:crypto';
import { JetStreamApiError } from '@nats-io/jetstream';
import { z } from 'zod';
import { persistently } from '@soliloquy/artifacts/nats';
import { sentenceOf } from '@soliloquy/fault';
import type { Cluster } from './cluster.ts';
import { takeOne } from './delivery.ts';
import { deadLetter, parseJson, workMessage, type DeadLetter, type TaskState, type WorkMessage } from './messages.ts';
import { ADVISORY_CONSUMER, capabilityWords, STREAMS, subjects, workSubject } from './names.ts';
import { TaskStates } from './task-states.ts';

const advisory = z.object({ stream: z.string(), consumer: z.string(), stream_seq: z.number(), deliveries: z.number() });

/** Puts work aside with the reason: `dead list` shows it, `dead retry` queues it again. */
export async function sendDeadLetter(cluster: Cluster, letter: Omit<DeadLetter, 'at'>): Promise<void> {
  await persistently(
    () =>
      cluster.js.publish(
        subjects.dead(letter.id),
        JSON.stringify({ ...letter, at: new Date().toISOString() } satisfies DeadLetter),
      ),
    cluster.closing,
  );
}

/** Forgets the dead letter of work that is queued again or not wanted any more. @returns whether there was one */
export async function dropDeadLetter(cluster: Cluster, id: string): Promise<boolean> {
  const { purged } = await persistently(
    () => cluster.manager.streams.purge(STREAMS.dead, { filter: subjects.dead(id) }),
    cluster.closing,
  );
  return purged > 0;
}

/** All dead letters, oldest first. */
export async function listDead(cluster: Cluster): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  const { state } = await cluster.manager.streams.info(STREAMS.dead);
  // Few letters: one request each needs no consumer, and so no right to make one.
  for (let sequence = state.first_seq; sequence <= state.last_seq && state.messages > 0; sequence++) {
    const message = await persistently(
      () => cluster.manager.streams.getMessage(STREAMS.dead, { seq: sequence }),
      cluster.closing,
    );
    const letter = message === null ? undefined : parseJson(deadLetter, message.data);
    if (letter !== undefined) letters.push(letter);
  }
  return letters;
}

/**
 * Queues dead work again, with all its attempts before it.
 *
 * @returns whether it could be: poison makes no sense to any worker and cannot
 */
export async function retryDead(cluster: Cluster, letter: DeadLetter): Promise<boolean> {
  if (letter.message === null) return false;
  const { id, capability, work } = letter.message;
  const states = new TaskStates(cluster.tasks, cluster.closing);
  const ticket = randomUUID();
  const queued: TaskState = { state: 'queued', ticket, runs: ['dead-retry'], label: work.label, capability };
  const before = await states.get(id);
  if (before === undefined) await states.create(id, queued);
  else await states.change(id, (state) => (state.state === 'failed' ? queued : undefined));
  const standing = await states.get(id);
  if (standing?.state.ticket === ticket) {
    const message: WorkMessage = {
      ...letter.message,
      ticket,
      queued: { revision: standing.revision, runs: queued.runs },
    };
    await persistently(
      () => cluster.js.publish(workSubject(capability, id), JSON.stringify(message), { msgID: `${id}.${ticket}` }),
      cluster.closing,
    );
    cluster.connection.publish(subjects.wake(capability));
  }
  await dropDeadLetter(cluster, letter.id);
  return true;
}

/**
 * Moves work that the server gave up, because its workers died as often as it may be delivered, to the dead letters.
 * The server only announces it, and leaves it in the queue: every runner and every worker looks after such
 * announcements now and then.
 */
export async function deadLetterExhausted(cluster: Cluster): Promise<void> {
  for (;;) {
    const found = await takeOne(cluster, STREAMS.lost, ADVISORY_CONSUMER);
    if (found === undefined) return;
    const said = parseJson(advisory, found.data);
    if (said !== undefined) await deadLetterMessage(cluster, said.stream_seq, said.deliveries);
    found.ack();
  }
}

async function deadLetterMessage(cluster: Cluster, sequence: number, deliveries: number): Promise<void> {
  const stored = await persistently(
    () => cluster.manager.streams.getMessage(STREAMS.work, { seq: sequence }),
    cluster.closing,
  );
  if (stored === null) return;
  const message = parseJson(workMessage, stored.data);
  if (message === undefined)
    await sendDeadLetter(cluster, {
      kind: 'poison',
      id: `poison-${sequence}`,
      label: stored.subject,
      reason: 'no work message',
      attempts: deliveries,
      message: null,
    });
  else {
    const { id, work, ticket } = message;
    const states = new TaskStates(cluster.tasks, cluster.closing);
    let reason: string | undefined;
    await states.change(id, (state) => {
      if (state.ticket !== ticket || state.state === 'done' || state.state === 'failed') return undefined;
      const last = state.state === 'running' ? ` (the last was ${state.worker})` : '';
      const error = {
        code: 'task.worker-lost',
        where: work.label,
        expected: 'a worker to finish it',
        got: `none in ${deliveries} deliveries${last}`,
        remedy:
          'if memory ran out, choose a smaller --size or a larger machine for ' +
          `${capabilityWords(message.capability)}`,
      } as const;
      reason = sentenceOf(error);
      return {
        state: 'failed',
        ticket,
        label: work.label,
        attempt: deliveries,
        dead: true,
        error,
      };
    });
    if (reason !== undefined)
      await sendDeadLetter(cluster, {
        kind: 'exhausted',
        id,
        label: work.label,
        reason,
        attempts: deliveries,
        message,
      });
  }
  await cluster.manager.streams.deleteMessage(STREAMS.work, sequence).catch((thrown: unknown) => {
    // Somebody else was faster.
    if (!(thrown instanceof JetStreamApiError)) throw thrown;
  });
}

/**
 * Takes settled work out of the queue: a server that was killed may have forgotten that it was acknowledged, and would
 * keep it for ever. Looks at the oldest only, and on as long as that is settled: what is behind has its turn another
 * time.
 */
export async function sweepSettled(cluster: Cluster): Promise<void> {
  const states = new TaskStates(cluster.tasks, cluster.closing);
  for (;;) {
    const { state } = await cluster.manager.streams.info(STREAMS.work);
    const stored =
      state.messages === 0 ? null : await cluster.manager.streams.getMessage(STREAMS.work, { seq: state.first_seq });
    const message = stored === null ? undefined : parseJson(workMessage, stored.data);
    if (message === undefined) return;
    const found = await states.get(message.id);
    if (
      found !== undefined &&
      found.state.ticket === message.ticket &&
      (found.state.state === 'queued' || found.state.state === 'running')
    )
      return;
    await cluster.manager.streams.deleteMessage(STREAMS.work, state.first_seq);
  }
}
