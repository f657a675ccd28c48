import { setTimeout as pause } from 'node:timers/promises';
import { createInbox, errors, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Fault } from '@soliloquy/fault';
import type { Cluster } from './cluster.ts';

/**
 * The server (2.9.10) parks such a request without an answer when others ask at the same moment, or when it gives a
 * message up. A parked request is served by the next message, so it is worth some waiting, but no more: meanwhile
 * nothing is heard of the other queues.
 */
const PARKED_FOR_MS = 300;
/**
 * How long the server may take to confirm that a request was withdrawn; after that the connection is as good as lost,
 * and a message on its way is delivered again after the ack wait.
 */
const WITHDRAWN_WITHIN_MS = 10_000;
/** No messages; others ask at this moment (`Requests Pending`); too many do. */
const NONE_NOW = new Set([404, 408, 409]);
const NANOS = 1e6;

/** One message of a queue as it was delivered to this process, and what may be said back. */
export class Delivery {
  readonly data: Uint8Array;
  readonly subject: string;
  /** Of the message in its stream: the same however often it is delivered. */
  readonly sequence: number;
  /** Which delivery of it this is, from 1. */
  readonly attempt: number;
  readonly #connection: NatsConnection;
  readonly #reply: string;

  /** @param message whose reply subject is `$JS.ACK.[domain.account.]stream.consumer.delivered.sequence.…` */
  constructor(connection: NatsConnection, message: Msg) {
    const reply = message.reply ?? '';
    const tokens = reply.split('.');
    const at = tokens.length > 9 ? 6 : 4;
    this.data = message.data;
    this.subject = message.subject;
    this.attempt = Number(tokens[at]);
    this.sequence = Number(tokens[at + 1]);
    this.#connection = connection;
    this.#reply = reply;
  }

  /** A sign of life: it is not given to anybody else for another ack wait. */
  working(): void {
    this.#say('+WPI');
  }

  /**
   * Gives it back, to be delivered again after a while. A bare `-NAK` would come back at once, whatever backoff the
   * consumer has.
   */
  giveBack(afterMs: number): void {
    this.#say(`-NAK {"delay":${Math.max(1, Math.round(afterMs * NANOS))}}`);
  }

  /**
   * Takes it out of the queue. No answer is waited for: where this is lost it is delivered again, and dropped then,
   * since its state says that it is settled.
   */
  ack(): void {
    this.#say('+ACK');
  }

  #say(what: string): void {
    if (!this.#connection.isClosed()) this.#connection.publish(this.#reply, what);
  }
}

/**
 * Takes one message from a consumer if there is one now. One at a time: with several prefetched, slow work ran three
 * times; and who waits long at one of many consumers hears nothing of the others.
 *
 * A request that finds no answer in time is withdrawn, never forgotten: the server delivers, in order, what it sent
 * before it confirms the withdrawal, and a message among that is taken. Dropped, it would cost an ack wait. Where the
 * withdrawal overtakes the message within the server, that notices and delivers it to somebody at once, as one more
 * attempt.
 *
 * @returns `undefined` when there is none
 * @throws when there is no such consumer, or the broker is away
 */
export async function takeOne(
  { connection }: Pick<Cluster, 'connection'>,
  stream: string,
  consumer: string,
): Promise<Delivery | undefined> {
  const request = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
  // Not over the shared inbox: what comes carries the subject under which it was published, by which no request would
  // be found.
  const inbox = createInbox();
  let answer: Msg | undefined;
  let refused: Error | undefined;
  const waiting = new AbortController();
  const subscription = connection.subscribe(inbox, {
    max: 1,
    callback: (error, message) => {
      if (error) refused = error;
      else answer = message;
      waiting.abort();
    },
  });
  connection.publish(request, '{"batch":1,"no_wait":true}', { reply: inbox });
  await pause(PARKED_FOR_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
  // Closed already when the answer came, or when the connection was closed.
  if (answer === undefined && !subscription.isClosed())
    await Promise.race([
      subscription.drain().catch(() => undefined),
      pause(WITHDRAWN_WITHIN_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined),
    ]);
  waiting.abort();
  if (refused !== undefined) throw refused;
  if (answer === undefined) return undefined;
  const code = answer.headers?.code ?? 0;
  if (code === 0) return new Delivery(connection, answer);
  if (NONE_NOW.has(code)) return undefined;
  if (code === 503) throw new errors.NoRespondersError(request);
  throw new Fault({
    code: 'runner.argument',
    where: `cluster.${stream}.${consumer}`,
    expected: 'a message or none',
    got: `${answer.headers?.description}`,
    remedy: 'look at the server',
    audience: 'author',
  });
}
