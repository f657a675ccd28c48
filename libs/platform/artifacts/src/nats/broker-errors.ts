import { setTimeout } from 'node:timers/promises';
import { JetStreamApiError } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { StoreError } from '../store-error.ts';

/**
 * JetStream's codes for a stream or an account that has no room: insufficient resources, storage resources exceeded,
 * message store failed (maximum bytes).
 */
const NO_ROOM = new Set([10023, 10047, 10077]);
/** JetStream is not up yet: no leader, temporarily unavailable, not enabled for now. */
const NOT_YET = new Set([10008, 10009, 10076]);
/** What the client throws while a server is away or was just restarted. */
const AWAY = new Set(['TimeoutError', 'ConnectionError', 'NoRespondersError', 'RequestError', 'JetStreamNotEnabled']);

/** Wrong last sequence, of the stream or of a subject in it. */
const OVERTAKEN = new Set([10071, 10164]);

/** What was asked when the server died is asked again after this. */
export const ANSWER_WITHIN_MS = 2500;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2000;

/** What a message holds beside its payload: headers, which the limit of the server counts too. Bytes. */
const BESIDE = 4 * 1024;

/** The largest payload that the server takes now, without headers: after a lost connection it may be another. Bytes. */
export function messageBytesOf(connection: NatsConnection): number {
  return Math.max(1024, (connection.info?.max_payload ?? Infinity) - BESIDE);
}

/** Whether the broker has no room for what was published. */
export function isNoRoom(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError && (NO_ROOM.has(error.code) || /maximum bytes|insufficient/i.test(error.message))
  );
}

/**
 * Whether what was to be written is there already, or is no longer what it was when we looked: somebody else was
 * faster.
 */
export function isOvertaken(error: unknown): boolean {
  return error instanceof JetStreamApiError && OVERTAKEN.has(error.code);
}

/**
 * Whether a request may succeed when it is made again: the server is away, restarting, or slow. A closed connection and
 * a refused permission are for good.
 */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof JetStreamApiError) return NOT_YET.has(error.code);
  if (
    /permission|authorization/i.test(`${error.name} ${error.message} ${(error.cause as Error | undefined)?.name ?? ''}`)
  )
    return false;
  return AWAY.has(error.name);
}

/**
 * Asks again while the broker is away. Everything asked this way must be safe to be done twice: an answer may have been
 * lost.
 *
 * @param signal ends the waiting; the last error is thrown
 */
export async function persistently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await ask();
    } catch (thrown) {
      if (!isAway(thrown) || signal?.aborted) throw thrown;
      await setTimeout(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Says in words what the broker refused. */
export function storeErrorOfBroker(cause: unknown, doing: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (isNoRoom(cause))
    return new StoreError(
      {
        code: 'store.full',
        where: 'cluster.artifacts',
        expected: `room for ${doing}`,
        got: `a full object store (${message})`,
        remedy: 'delete old artifacts, or give the bucket or the account more',
      },
      { cause },
    );
  return new StoreError(
    { code: 'store.failed', where: 'cluster.artifacts', expected: doing, got: message, remedy: 'look at the server' },
    {
      cause,
    },
  );
}
