import type { RunEvent } from '@soliloquy/runner';
import type { RunMessage } from './protocol/index.ts';

/** Older messages than this many are forgotten; a page that needs them reads the run's journal. */
const KEPT = 20_000;
/** Points of curves push nothing else out: the oldest of them go first. */
const KEPT_POINTS = 10_000;

/**
 * What happened in all runs since the gateway started, numbered, so that a page which comes late or again catches up.
 * Of an element's progress only the latest is kept.
 */
export class EventLog {
  /** of the last message */
  seq = 0;
  readonly #kept = new Map<number, RunMessage>();
  readonly #progress = new Map<string, number>();
  /** Numbers of the kept points of curves. */
  readonly #points = new Set<number>();
  readonly #listeners = new Set<(message: RunMessage) => void>();

  append(run: string, event: RunEvent): void {
    this.seq += 1;
    const message: RunMessage = {
      type: 'run',
      seq: this.seq,
      run,
      at: new Date().toISOString(),
      event,
    };
    if (event.type === 'task-scalar') {
      this.#points.add(this.seq);
      if (this.#points.size > KEPT_POINTS) this.#forget(this.#points.keys().next().value as number);
    } else if ('element' in event && event.type !== 'task-log') {
      const key = `${run} ${event.element}`;
      const before = this.#progress.get(key);
      if (before !== undefined && ['task-progress', 'task-finished', 'task-failed'].includes(event.type))
        this.#kept.delete(before);
      if (event.type === 'task-progress') this.#progress.set(key, this.seq);
      else this.#progress.delete(key);
    }
    this.#kept.set(this.seq, message);
    if (this.#kept.size > KEPT) this.#forget(this.#kept.keys().next().value as number);
    for (const listener of this.#listeners) listener(message);
  }

  #forget(seq: number): void {
    this.#kept.delete(seq);
    this.#points.delete(seq);
  }

  /** Kept messages with a higher number, in order. */
  after(seq: number): RunMessage[] {
    return [...this.#kept.values()].filter((message) => message.seq > seq);
  }

  /** @returns a function that ends it */
  listen(listener: (message: RunMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
