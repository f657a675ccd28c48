import { ROUTES, sessionSchema, toPageSchema, type ToGateway, type ToPage } from '@soliloquy/gateway/protocol';
import { get, Refused } from './client.ts';

const LONGEST_WAIT_MS = 8000;

/** Whether the gateway is heard. */
export type Connection =
  /** `anew`: it was started since it was last heard */
  | { readonly kind: 'connected'; readonly anew: boolean }
  | { readonly kind: 'silent' }
  /** it answers, but does not know this browser */
  | { readonly kind: 'locked' };

/** How the page hears of runs and files. Connects again by itself, and asks for what it missed. */
export class Events {
  readonly #hear: (message: ToPage) => void;
  readonly #connection: (connection: Connection) => void;
  #start: string | undefined;
  #after: number | undefined;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #closed = false;

  constructor(hear: (message: ToPage) => void, connection: (connection: Connection) => void) {
    this.#hear = hear;
    this.#connection = connection;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }

  /** A socket does not say why it was closed: a request does. */
  async #lost(): Promise<void> {
    const status = await get('session', sessionSchema).then(
      () => 200,
      (thrown: unknown) => (thrown instanceof Refused ? thrown.status : 0),
    );
    if (this.#socket?.readyState === WebSocket.OPEN) return;
    this.#connection({ kind: status === 401 ? 'locked' : 'silent' });
  }

  #connect(): void {
    const url = new URL(ROUTES.events, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#attempt = 0;
      const hello: ToGateway = {
        type: 'listen',
        ...(this.#start === undefined ? {} : { start: this.#start, after: this.#after ?? 0 }),
      };
      socket.send(JSON.stringify(hello));
    });
    socket.addEventListener('message', ({ data }) => {
      const message = toPageSchema.safeParse(JSON.parse(String(data)));
      if (!message.success) return;
      if (message.data.type === 'welcome') {
        const { start } = message.data;
        const anew = this.#start !== undefined && start !== this.#start;
        if (anew) this.#after = undefined;
        this.#start = start;
        this.#connection({ kind: 'connected', anew });
      }
      if (message.data.type === 'run') this.#after = Math.max(this.#after ?? 0, message.data.seq);
      this.#hear(message.data);
    });
    socket.addEventListener('close', () => {
      if (this.#closed) return;
      void this.#lost();
      this.#attempt += 1;
      setTimeout(() => this.#connect(), Math.min(LONGEST_WAIT_MS, 250 * 2 ** this.#attempt));
    });
  }
}
