import { ROUTES, toPageSchema, type ToGateway, type ToPage } from '@soliloquy/gateway/protocol';

const LONGEST_WAIT_MS = 8000;

/** How the page hears of runs and files. Connects again by itself, and asks for what it missed. */
export class Events {
  readonly #hear: (message: ToPage) => void;
  readonly #connection: (connected: boolean) => void;
  #start: string | undefined;
  #after: number | undefined;
  #socket: WebSocket | undefined;
  #attempt = 0;
  #closed = false;

  constructor(hear: (message: ToPage) => void, connection: (connected: boolean) => void) {
    this.#hear = hear;
    this.#connection = connection;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
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
      this.#connection(true);
    });
    socket.addEventListener('message', ({ data }) => {
      const message = toPageSchema.safeParse(JSON.parse(String(data)));
      if (!message.success) return;
      if (message.data.type === 'welcome') {
        if (message.data.start !== this.#start) this.#after = undefined;
        this.#start = message.data.start;
      }
      if (message.data.type === 'run') this.#after = Math.max(this.#after ?? 0, message.data.seq);
      this.#hear(message.data);
    });
    socket.addEventListener('close', () => {
      this.#connection(false);
      if (this.#closed) return;
      this.#attempt += 1;
      setTimeout(() => this.#connect(), Math.min(LONGEST_WAIT_MS, 250 * 2 ** this.#attempt));
    });
  }
}
