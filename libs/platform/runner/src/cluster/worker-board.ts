import { persistently } from '@soliloquy/artifacts/nats';
import { WORKER_GONE_MS, type Cluster } from './cluster.ts';
import { parseJson, workerRecord, type WorkerRecord } from './messages.ts';
import { PROTOCOL } from './names.ts';

/** Which workers there are, as far as they said something of themselves lately. */
export class WorkerBoard {
  readonly #records = new Map<string, { readonly record: WorkerRecord; readonly heardAt: number }>();
  #unwatch: (() => void) | undefined;

  /** @param changed called whenever a worker said something */
  static async open(cluster: Cluster, changed: () => void): Promise<WorkerBoard> {
    const board = new WorkerBoard();
    const watching = await persistently(() => cluster.workers.watch(), cluster.closing);
    board.#unwatch = () => watching.stop();
    void (async () => {
      for await (const entry of watching) {
        const record = entry.operation === 'PUT' ? parseJson(workerRecord, entry.value) : undefined;
        if (record === undefined) board.#records.delete(entry.key);
        else board.#records.set(entry.key, { record, heardAt: performance.now() });
        changed();
      }
    })().catch(() => undefined);
    return board;
  }

  /** Those that are here and speak this protocol. */
  workers(): WorkerRecord[] {
    const now = performance.now();
    return [...this.#records.values()]
      .filter(({ record, heardAt }) => now - heardAt < WORKER_GONE_MS && record.protocol === PROTOCOL)
      .map(({ record }) => record);
  }

  /** Threads of all workers. */
  get threads(): number {
    return this.workers().reduce((sum, { threads }) => sum + threads, 0);
  }

  /** Tasks that all workers can do at a time. */
  get slots(): number {
    return this.workers().reduce((sum, { slots, leaving }) => sum + (leaving ? 0 : slots), 0);
  }

  has(capability: string): boolean {
    return this.workers().some(({ capabilities, leaving }) => !leaving && capabilities.includes(capability));
  }

  close(): void {
    this.#unwatch?.();
  }
}

/** Every worker that said something of itself lately, of whatever protocol. */
export async function listWorkers(cluster: Cluster): Promise<WorkerRecord[]> {
  const records: WorkerRecord[] = [];
  for await (const key of await cluster.workers.keys()) {
    const entry = await cluster.workers.get(key);
    const record = entry === null ? undefined : parseJson(workerRecord, entry.value);
    if (record !== undefined) records.push(record);
  }
  return records.sort((a, b) => (a.id < b.id ? -1 : 1));
}
