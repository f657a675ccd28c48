import type { LivePerson, PersonFrame } from '@soliloquy/motion-stream';
import { aMessageLater } from '../a-message-later.ts';
import type { FromWorklet } from '../messages.ts';

/** More sound than this waits: motion would come too late for all that follows. s */
const MOST_BEHIND = 10;

/** What a listener tells. */
export interface ListenerNews {
  readonly made: (frames: readonly PersonFrame[], milliseconds: number) => void;
  /** more waits than can be caught up with */
  readonly behind: () => void;
  readonly failed: (thrown: unknown) => void;
}

/** Hears the sound of one port, as a person; what comes while it is busy waits. */
export class Listener {
  readonly #port: MessagePort;
  readonly #person: Pick<LivePerson, 'hear'>;
  readonly #news: ListenerNews;
  readonly #mostWaiting: number;
  #waiting: Float32Array[] = [];
  #isBusy = false;
  #isOver = false;

  /** @param sampleRate of the port's sound. Hz */
  constructor(
    { port, sampleRate }: { readonly port: MessagePort; readonly sampleRate: number },
    person: Pick<LivePerson, 'hear'>,
    news: ListenerNews,
  ) {
    this.#port = port;
    this.#person = person;
    this.#news = news;
    this.#mostWaiting = MOST_BEHIND * sampleRate;
    port.onmessage = ({ data }: MessageEvent<FromWorklet>) => {
      if (data.type === 'sound') this.#hear(data.samples);
    };
  }

  /** Nothing more is told. */
  end(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#port.close();
  }

  #hear(samples: Float32Array): void {
    if (this.#isOver) return;
    this.#waiting.push(samples);
    const waiting = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    if (waiting > this.#mostWaiting) {
      this.end();
      this.#news.behind();
    } else if (!this.#isBusy) void this.#work();
  }

  /** Hears what waits until nothing does. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#waiting.length > 0) {
        // The engine computes without a pause: what came meanwhile is heard at once, not block by block.
        await aMessageLater();
        if (this.#isOver) break;
        const began = performance.now();
        const frames = await this.#person.hear(joined(this.#waiting.splice(0)));
        if (frames.length > 0 && !this.#isOver) this.#news.made(frames, performance.now() - began);
      }
    } catch (thrown) {
      this.end();
      this.#news.failed(thrown);
    } finally {
      this.#isBusy = false;
    }
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
