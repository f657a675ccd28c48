import type { RunEvent } from '@soliloquy/runner';
import type { RunMessage, WireRunEvent } from './protocol.ts';

/** Older messages than this many are forgotten; a page that needs them reads the run's journal. */
const KEPT = 20_000;

/**
 * What happened in all runs since the gateway started, numbered, so that a page which comes late or again catches up.
 * Of an element's progress only the latest is kept.
 */
export class EventLog {
  /** of the last message */
  seq = 0;
  readonly #kept = new Map<number, RunMessage>();
  readonly #progress = new Map<string, number>();
  readonly #listeners = new Set<(message: RunMessage) => void>();

  append(run: string, event: RunEvent): void {
    this.seq += 1;
    const message: RunMessage = {
      type: 'run',
      seq: this.seq,
      run,
      at: new Date().toISOString(),
      event: event as WireRunEvent,
    };
    if ('element' in event) {
      const key = `${run} ${event.element}`;
      const before = this.#progress.get(key);
      if (before !== undefined && ['task-progress', 'task-finished', 'task-failed'].includes(event.type))
        this.#kept.delete(before);
      if (event.type === 'task-progress') this.#progress.set(key, this.seq);
      else this.#progress.delete(key);
    }
    this.#kept.set(this.seq, message);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value as number);
    for (const listener of this.#listeners) listener(message);
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
