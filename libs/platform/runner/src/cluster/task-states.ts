import type { KV, KvEntry } from '@nats-io/kv';
import { isOvertaken, persistently } from '@soliloquy/artifacts/nats';
import { ClusterError } from './cluster-error.ts';
import { parseJson, taskState, type TaskState } from './messages.ts';
import { PROTOCOL } from './names.ts';

/** A state with the revision that compare-and-swap asks for. */
export interface Standing {
  readonly state: TaskState;
  readonly revision: number;
}

/** Where every piece of work stands, in the cluster's key-value store. While the broker is away everything waits. */
export class TaskStates {
  readonly #bucket: KV;
  readonly #closing: AbortSignal;

  constructor(bucket: KV, closing: AbortSignal) {
    this.#bucket = bucket;
    this.#closing = closing;
  }

  /** `undefined` when there is none: nobody wants it (any more). */
  async get(id: string): Promise<Standing | undefined> {
    const entry = await persistently(() => this.#bucket.get(id), this.#closing);
    return entry === null ? undefined : standingOf(entry);
  }

  /**
   * @returns its revision; `undefined` when there is one already. An answer that was lost looks like that too: look
   * again.
   */
  async create(id: string, state: TaskState): Promise<number | undefined> {
    return unlessOvertaken(() => persistently(() => this.#bucket.create(id, JSON.stringify(state)), this.#closing));
  }

  /** @returns its new revision; `undefined` when it is no longer at `revision` */
  async replace(id: string, state: TaskState, revision: number): Promise<number | undefined> {
    return unlessOvertaken(() =>
      persistently(() => this.#bucket.update(id, JSON.stringify(state), revision), this.#closing),
    );
  }

  /** @returns whether it was still at `revision` */
  async remove(id: string, revision: number): Promise<boolean> {
    return (
      (await unlessOvertaken(() =>
        persistently(() => this.#bucket.delete(id, { previousSeq: revision }), this.#closing).then(() => 0),
      )) !== undefined
    );
  }

  /**
   * Changes a state by what `change` makes of it, as often as somebody else is faster.
   *
   * @param change `undefined` leaves it; `null` removes it
   * @returns the state that is there afterwards
   */
  async change(id: string, change: (state: TaskState) => TaskState | null | undefined): Promise<Standing | undefined> {
    for (;;) {
      const found = await this.get(id);
      if (found === undefined) return undefined;
      const next = change(found.state);
      if (next === undefined) return found;
      if (next === null) {
        if (await this.remove(id, found.revision)) return undefined;
      } else {
        const revision = await this.replace(id, next, found.revision);
        if (revision !== undefined) return { state: next, revision };
      }
    }
  }

  /**
   * Hears of every change from now on. What is missed while the broker is away is not told: look again now and then.
   *
   * @param listenerOf who wants to hear of this piece of work; the others are not even read
   */
  async watch(
    listenerOf: (id: string) => ((standing: Standing | undefined, revision: number) => void) | undefined,
  ): Promise<() => void> {
    const watching = await persistently(() => this.#bucket.watch({ include: 'updates' }), this.#closing);
    void (async () => {
      for await (const entry of watching) {
        try {
          listenerOf(entry.key)?.(standingOf(entry), entry.revision);
        } catch {
          continue;
        }
      }
    })().catch(() => undefined);
    return () => watching.stop();
  }

  /** All that is there now. */
  async *all(): AsyncIterable<{ readonly id: string } & Standing> {
    const keys: string[] = [];
    for await (const key of await persistently(() => this.#bucket.keys(), this.#closing)) keys.push(key);
    for (const id of keys) {
      const found = await this.get(id);
      if (found !== undefined) yield { id, ...found };
    }
  }
}

function standingOf(entry: KvEntry): Standing | undefined {
  if (entry.operation !== 'PUT') return undefined;
  const state = parseJson(taskState, entry.value);
  if (state === undefined)
    throw new ClusterError({
      code: 'cluster.version',
      where: `cluster.tasks.${entry.key.slice(0, 12)}`,
      expected: `a state of protocol ${PROTOCOL}`,
      got: 'another',
      remedy: 'run the same version of soliloquy on every machine',
    });
  return { state, revision: entry.revision };
}

async function unlessOvertaken<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (thrown) {
    if (isOvertaken(thrown)) return undefined;
    throw thrown;
  }
}
