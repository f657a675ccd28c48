import { Fault } from '@soliloquy/fault';
import type { GpuCard } from '@soliloquy/stage';

/** How many threads a backbone asks for: a number, or as many as there are. */
export type ThreadWish = number | 'all';

/** Threads that were handed out, with a card where one was asked for; `release` gives them back, once. */
export interface ThreadLease {
  readonly threads: number;
  readonly gpu?: GpuCard;
  release(): void;
}

interface Waiting {
  readonly threads: number;
  readonly rank: number;
  readonly signal: AbortSignal | undefined;
  /** Memory of a card for itself alone. */
  readonly gpuMiB: number | undefined;
  grant(lease: ThreadLease): void;
  refuse(reason: Error): void;
}

/**
 * Hands out threads and never more than there are: two processes of two threads on two cores take two to four times as
 * long each. Greedy by rank: whatever fits goes first, so no core idles while narrow work waits; a task that wants the
 * whole machine goes when it is empty. A card goes to one task at a time, the smallest that has the memory: what runs
 * there takes all that it finds.
 */
export class ThreadBudget {
  readonly total: number;
  #free: number;
  /** In the order in which they are served: by rank, then by arrival. */
  #waiting: Waiting[] = [];
  readonly #heard = new WeakSet<AbortSignal>();
  /** By memory, smallest first. */
  #cards: readonly GpuCard[] = [];
  readonly #taken = new Set<GpuCard>();

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

  /** Says which graphics cards tasks may have, before the first task asks for one. */
  offer(cards: readonly GpuCard[]): void {
    this.#cards = cards.toSorted((a, b) => a.memoryMiB - b.memoryMiB || a.index - b.index);
  }

  get free(): number {
    return this.#free;
  }

  /** How many threads a wish comes to here. */
  width(wish: ThreadWish): number {
    return wish === 'all' ? this.total : Math.max(1, Math.min(this.total, Math.floor(wish)));
  }

  /** Whether tasks that want so much memory of a card each could all have one now. */
  hasCardsFor(wanted: readonly number[]): boolean {
    const free = this.#cards.filter((card) => !this.#taken.has(card));
    return wanted.every((gpuMiB) => {
      const at = free.findIndex(({ memoryMiB }) => memoryMiB >= gpuMiB);
      return at >= 0 && free.splice(at, 1).length === 1;
    });
  }

  /**
   * Waits for threads.
   *
   * @param rank   higher goes first; among equals who came first
   * @param gpuMiB memory of a card that comes with the threads, for this task alone
   * @throws the signal's reason when it aborts while waiting; Fault `task.no-gpu` where no card has that memory
   */
  acquire(wish: ThreadWish, rank: number, signal?: AbortSignal, gpuMiB?: number): Promise<ThreadLease> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      if (gpuMiB !== undefined && !this.#cards.some(({ memoryMiB }) => memoryMiB >= gpuMiB))
        return reject(noCardFault(gpuMiB, this.#cards));
      const entry: Waiting = { threads: this.width(wish), rank, signal, gpuMiB, grant: resolve, refuse: reject };
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
      const card = entry.gpuMiB === undefined ? undefined : this.#freeCard(entry.gpuMiB);
      if (entry.threads > this.#free || (entry.gpuMiB !== undefined && card === undefined)) {
        at++;
        continue;
      }
      this.#waiting.splice(at, 1);
      this.#free -= entry.threads;
      if (card !== undefined) this.#taken.add(card);
      let held = true;
      entry.grant({
        threads: entry.threads,
        ...(card !== undefined && { gpu: card }),
        release: () => {
          if (!held) return;
          held = false;
          this.#free += entry.threads;
          if (card !== undefined) this.#taken.delete(card);
          queueMicrotask(() => this.#serve());
        },
      });
    }
  }

  #freeCard(gpuMiB: number): GpuCard | undefined {
    return this.#cards.find((card) => card.memoryMiB >= gpuMiB && !this.#taken.has(card));
  }
}

/** That none of the cards of a machine has the memory that a task wants. */
export function noCardFault(gpuMiB: number, cards: readonly GpuCard[]): Fault {
  return new Fault({
    code: 'task.no-gpu',
    where: 'this machine',
    expected: `a card with ${gpuMiB} MiB`,
    got: cards.map(({ index, memoryMiB }) => `card ${index} with ${memoryMiB} MiB`).join(', ') || 'none',
    remedy: 'run it where there is one, or say the cards as gpus in your configuration',
  });
}
