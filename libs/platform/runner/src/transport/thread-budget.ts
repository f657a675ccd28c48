import { Fault } from '@soliloquy/fault';
/** How many threads a backbone asks for: a number, or as many as there are. */
export type ThreadWish = number | 'all';

/** Threads that were handed out; `release` gives them back, once. */
export interface ThreadLease {
  readonly threads: number;
  release(): void;
}

interface Waiting {
  readonly threads: number;
  readonly rank: number;
  readonly signal: AbortSignal | undefined;
  grant(lease: ThreadLease): void;
  refuse(reason: Error): void;
}

/**
 * Hands out threads and never more than there are: two processes of two threads on two cores take two to four times as
 * long each. Greedy by rank: whatever fits goes first, so no core idles while narrow work waits; a task that wants the
 * whole machine goes when it is empty.
 */
export class ThreadBudget {
  readonly total: number;
  #free: number;
  /** In the order in which they are served: by rank, then by arrival. */
  #waiting: Waiting[] = [];
  readonly #heard = new WeakSet<AbortSignal>();

  /** @param total threads, at least 1 */
  constructor(total: number) {
    if (!Number.isInteger(total) || total < 1)
      throw new Fault({
        code: 'runner.argument',
        where: 'thread-budget.total',
        expected: 'a whole number from 1',
        got: `${total}`,
        remedy: 'give the number of cores',
        audience: 'author',
      });
    this.total = total;
    this.#free = total;
  }

  get free(): number {
    return this.#free;
  }

  /** How many threads a wish comes to here. */
  width(wish: ThreadWish): number {
    return wish === 'all' ? this.total : Math.max(1, Math.min(this.total, Math.floor(wish)));
  }

  /**
   * Waits for threads.
   *
   * @param rank higher goes first; among equals who came first
   * @throws the signal's reason when it aborts while waiting
   */
  acquire(wish: ThreadWish, rank: number, signal?: AbortSignal): Promise<ThreadLease> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const entry: Waiting = { threads: this.width(wish), rank, signal, grant: resolve, refuse: reject };
      if (signal !== undefined) this.#hear(signal);
      const before = this.#waiting.findLastIndex((other) => other.rank >= rank);
      this.#waiting.splice(before + 1, 0, entry);
      // Not at once: all that becomes ready in one turn is ranked before the first is let in.
      queueMicrotask(() => this.#serve());
    });
  }

  /** Once for all that wait by one signal: a signal looks through all of its listeners for each that is added. */
  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    const leave = (): void => {
      const leaving = this.#waiting.filter((entry) => entry.signal === signal);
      this.#waiting = this.#waiting.filter((entry) => entry.signal !== signal);
      for (const { refuse } of leaving) refuse(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
  }

  #serve(): void {
    for (let at = 0; at < this.#waiting.length && this.#free > 0;) {
      const entry = this.#waiting[at];
      if (entry.threads > this.#free) {
        at++;
        continue;
      }
      this.#waiting.splice(at, 1);
      this.#free -= entry.threads;
      let held = true;
      entry.grant({
        threads: entry.threads,
        release: () => {
          if (!held) return;
          held = false;
          this.#free += entry.threads;
          queueMicrotask(() => this.#serve());
        },
      });
    }
  }
}
