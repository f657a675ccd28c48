import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { EventLog } from './event-log.ts';
import { guard } from './guard.ts';
import { ROUTES, toGatewaySchema, type QueueEntry, type ToPage } from './protocol/index.ts';
import { Refused } from './refusal.ts';
import type { Sessions } from './sessions.ts';

const ALIVE_EVERY_MS = 30_000;
const MOST_BYTES = 4096;
const MOST_PAGES = 64;
/** A page that does not read is let go before it fills the memory; it comes back and catches up. Bytes. */
const MOST_UNREAD = 64 * 2 ** 20;

export interface EventsSocketParts {
  readonly start: string;
  readonly sessions: Sessions;
  readonly log: EventLog;
  readonly entries: () => QueueEntry[];
  readonly port: () => number;
}

/** Tells every open page what happens. Pages say nothing here but from where on they want to hear. */
export class EventsSocket {
  readonly #parts: EventsSocketParts;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false });
  readonly #listening = new Set<WebSocket>();
  readonly #alive = new WeakSet<WebSocket>();
  readonly #pulse: NodeJS.Timeout;
  readonly #unlisten: () => void;

  constructor(parts: EventsSocketParts) {
    this.#parts = parts;
    this.#unlisten = parts.log.listen((message) => this.tell(message));
    this.#pulse = setInterval(() => this.#look(), ALIVE_EVERY_MS).unref();
  }

  /** Answers an upgrade, behind the same guard as every route. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    try {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      guard(
        { method: request.method ?? '', path, headers: request.headers, upgrade: true },
        this.#parts.port(),
        this.#parts.sessions,
      );
      if (path !== ROUTES.events)
        throw new Refused(404, {
          code: 'gateway.not-found',
          where: 'socket',
          expected: '/api/events',
          got: 'another path',
          remedy: 'see the protocol',
        });
      if (this.#server.clients.size >= MOST_PAGES)
        throw new Refused(409, {
          code: 'gateway.too-many',
          where: 'socket',
          expected: `at most ${MOST_PAGES} pages`,
          got: 'another',
          remedy: 'close some',
        });
    } catch (error) {
      const refused =
        error instanceof Refused
          ? error
          : new Refused(400, {
              code: 'gateway.bad-request',
              where: 'socket',
              expected: 'an upgrade',
              got: 'another request',
              remedy: 'see the protocol',
            });
      const text = JSON.stringify(refused.body);
      socket.end(
        [
          `HTTP/1.1 ${refused.status} Refused`,
          'connection: close',
          'content-type: application/json',
          `content-length: ${Buffer.byteLength(text)}`,
          '',
          text,
        ].join('\r\n'),
      );
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (page) => this.#welcome(page));
  }

  /** To every page that listens. */
  tell(message: ToPage): void {
    const text = JSON.stringify(message);
    for (const page of this.#listening) this.#send(page, text);
  }

  close(): void {
    clearInterval(this.#pulse);
    this.#unlisten();
    for (const page of this.#server.clients) page.terminate();
    this.#server.close();
  }

  #welcome(page: WebSocket): void {
    this.#alive.add(page);
    page.on('pong', () => this.#alive.add(page));
    page.on('error', () => page.terminate());
    page.on('close', () => this.#listening.delete(page));
    page.on('message', (data, isBinary) => {
      const wish = isBinary ? undefined : toGatewaySchema.safeParse(parsed(String(data))).data;
      if (wish === undefined || this.#listening.has(page)) return page.close(1008, 'expected one message: listen');
      const { start, log, entries } = this.#parts;
      // All in one turn: nothing can happen between what was kept and what is live.
      this.#send(page, JSON.stringify({ type: 'welcome', start, seq: log.seq } satisfies ToPage));
      this.#send(page, JSON.stringify({ type: 'queue', entries: entries() } satisfies ToPage));
      for (const message of log.after(wish.start === start ? (wish.after ?? 0) : 0))
        this.#send(page, JSON.stringify(message));
      this.#listening.add(page);
    });
  }

  #send(page: WebSocket, text: string): void {
    if (page.bufferedAmount > MOST_UNREAD) page.terminate();
    else page.send(text);
  }

  #look(): void {
    for (const page of this.#server.clients) {
      if (!this.#alive.has(page)) page.terminate();
      this.#alive.delete(page);
      page.ping();
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
