import type { DiskStore, Inventory } from '@soliloquy/artifacts';
import { persistently } from '@soliloquy/artifacts/nats';
import { digestsIn, names, type Descent } from '../kept/lineage.ts';
import { openCluster, type Cluster } from './cluster.ts';
import type { ClusterAccess } from './connect.ts';
import { dropDeadLetter, listDead } from './dead-letters.ts';
import type { ForgetMessage } from './messages.ts';
import { STREAMS, subjects } from './names.ts';
import { isRunnerDead, listRuns } from './run-log.ts';
import { listWorkers } from './worker-board.ts';

const ANSWER_WITHIN_MS = 60_000;
/** Digests in one message to a worker: some 70 KiB. */
const AT_ONCE = 1000;

/** A cluster in which something shall be forgotten. */
export class ForgettingCluster implements AsyncDisposable {
  /** of its buckets */
  readonly inventory: Inventory;
  readonly #cluster: Cluster;

  private constructor(cluster: Cluster, inventory: Inventory) {
    this.#cluster = cluster;
    this.inventory = inventory;
  }

  /** @param local the cache on this machine; @throws ClusterError */
  static async open(access: ClusterAccess, local: DiskStore): Promise<ForgettingCluster> {
    const cluster = await openCluster(access, 'forget');
    try {
      return new ForgettingCluster(cluster, (await cluster.openStore(local)).inventory);
    } catch (thrown) {
      await cluster.close();
      throw thrown;
    }
  }

  /** The runs of the cluster whose events name something of it, and whether a runner is at each. */
  async runsOf(descent: Descent): Promise<{ readonly run: string; readonly underWay: boolean }[]> {
    const found: { run: string; underWay: boolean }[] = [];
    for (const record of await listRuns(this.#cluster)) {
      if (!names(descent, await this.#digestsOf(record.run))) continue;
      const isOver = record.status !== 'running' && record.status !== 'cancelling';
      found.push({ run: record.run, underWay: !isOver && !(await isRunnerDead(this.#cluster, record)) });
    }
    return found;
  }

  /**
   * Removes what the broker keeps of tasks and runs, and has every worker remove it from its cache.
   *
   * @returns ids of the workers that did; one that is away keeps its cache until somebody asks it again
   */
  async forget(descent: Descent, runs: readonly string[]): Promise<string[]> {
    const cluster = this.#cluster;
    const purge = <T>(work: () => Promise<T>): Promise<T> => persistently(work, cluster.closing);
    for (const letter of await listDead(cluster))
      if (names(descent, digestsIn(JSON.stringify(letter)))) await dropDeadLetter(cluster, letter.id);
    for (const key of descent.results) await purge(() => cluster.tasks.purge(key));
    for (const run of runs) {
      await purge(() => cluster.manager.streams.purge(STREAMS.events, { filter: subjects.events(run) }));
      await purge(() => cluster.runs.purge(run));
    }
    const told = await Promise.all(
      (await listWorkers(cluster)).map(async ({ id }) => ((await this.#tell(id, descent)) ? id : '')),
    );
    return told.filter((id) => id !== '');
  }

  async #tell(worker: string, { artifacts, results }: Descent): Promise<boolean> {
    const messages: ForgetMessage[] = [
      ...chunks([...results]).map((some) => ({ results: some, artifacts: [] })),
      ...chunks([...artifacts]).map((some) => ({ results: [], artifacts: some })),
    ];
    try {
      for (const message of messages)
        await this.#cluster.connection.request(subjects.forget(worker), JSON.stringify(message), {
          timeout: ANSWER_WITHIN_MS,
        });
      return true;
    } catch {
      return false;
    }
  }

  async #digestsOf(run: string): Promise<Set<string>> {
    const { manager, closing } = this.#cluster;
    const digests = new Set<string>();
    for (let seq = 1; ;) {
      const query = { seq, next_by_subj: subjects.events(run) };
      const message = await persistently(() => manager.direct.getMessage(STREAMS.events, query), closing);
      if (message === null) return digests;
      for (const digest of digestsIn(new TextDecoder().decode(message.data))) digests.add(digest);
      seq = message.seq + 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cluster.close();
  }
}

function chunks(all: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, i) => all.slice(i * AT_ONCE, (i + 1) * AT_ONCE));
}
