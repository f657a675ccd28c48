import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readRegularFile } from '@soliloquy/artifacts';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import { isAlive, readJournal } from '@soliloquy/runner';
import { parseRunRecord } from '@soliloquy/runner/compare';
import { RUNS_FOLDER, type RunRecord } from '@soliloquy/runner/record';
import { runEventSchema, runIdSchema, type RunAlone, type RunMessage } from './protocol/index.ts';
import { Refused } from './refusal.ts';

const MOST = 200;
/**
 * The record of a run of 50,000 tasks, and its journal. The state folder of a project that somebody sent is theirs as
 * well, and what it holds is read here, between two answers. Bytes.
 */
const [RECORD_BYTES, JOURNAL_BYTES] = [8 * 2 ** 20, 32 * 2 ** 20];
/** Events of a journal that tell how a run stands. */
const STANDING = ['opened', 'resumed', 'run-started', 'run-finished'];

/** What runs left behind in the project's state folder, by whichever command they were started. */
export class RunArchive {
  readonly #folder: string;
  /** by run, what a file gave, or how it was refused, and when that was last changed */
  readonly #read = new Map<string, { readonly changed: number; readonly record: RunRecord | Error }>();

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, RUNS_FOLDER);
  }

  /** The latest runs, of one graph or of all. `running` says which are under way here. */
  async list(graph: string | undefined, running: (run: string) => boolean): Promise<{ readonly runs: RunAlone[] }> {
    const names = (await readdir(this.#folder).catch(() => []))
      .filter((name) => runIdSchema.safeParse(name).success)
      .sort()
      .reverse();
    const runs: RunAlone[] = [];
    for (const name of names) {
      if (runs.length >= MOST) break;
      const listed = await this.#describe(name, running(name));
      // Others are answered between two of them.
      await setImmediate();
      if (listed !== undefined && (graph === undefined || listed.graph === graph)) runs.push(listed);
    }
    // The name says the second; within one the record says what came first.
    return { runs: runs.sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt)) };
  }

  /** The text of a run's `run.json`. @throws Refused 404, 413 */
  async text(run: string): Promise<string> {
    checkId(run);
    const path = join(this.#folder, run, RECORD_FILE);
    return readRegularFile(path, RECORD_BYTES).then(String, (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EFBIG')
        throw new Refused(413, {
          code: 'gateway.too-large',
          where: `runs.${run}`,
          expected: `a record up to ${RECORD_BYTES} bytes`,
          got: 'more',
          remedy: `read its ${RECORD_FILE} with another program`,
        });
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: `runs.${run}`,
        expected: 'a run that left its record',
        got: 'none',
        remedy: 'it may not have ended',
      });
    });
  }

  /** @throws Refused 404 */
  async record(run: string): Promise<RunRecord> {
    checkId(run);
    const path = join(this.#folder, run, RECORD_FILE);
    const changed = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    const known = this.#read.get(run);
    const record =
      known?.changed === changed && changed !== 0
        ? known.record
        : await this.text(run)
            .then((text) => parseRunRecord(text, `runs/${run}/${RECORD_FILE}`))
            .catch((error: Error) => error);
    this.#read.set(run, { changed, record });
    if (this.#read.size > MOST) this.#read.delete(this.#read.keys().next().value as string);
    if (record instanceof Error) throw record;
    return record;
  }

  /** Its record, or `undefined` for a run that left none. */
  find(run: string): Promise<RunRecord | undefined> {
    return this.record(run).catch((error: unknown) => {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    });
  }

  /** Keys of what its tasks made, each element once, in the order of tasks; from its journal if it did not end. */
  async results(run: string): Promise<{ readonly element: string; readonly key: string }[]> {
    const record = await this.find(run);
    if (record !== undefined) return record.tasks.map(({ task, key }) => ({ element: task, key }));
    const keys = new Map<string, string>();
    for (const { event } of await this.history(run))
      if (event.type === 'task-finished' || event.type === 'task-cached') keys.set(event.element, event.key);
    // In the order of indices, whichever finished first.
    return [...keys]
      .map(([element, key]) => ({ element, key }))
      .sort((a, b) => a.element.localeCompare(b.element, 'en', { numeric: true }));
  }

  /** What its journal tells: everything but progress. @throws Refused 404 */
  async history(run: string): Promise<RunMessage[]> {
    checkId(run);
    const told: RunMessage[] = [];
    let found = false;
    for await (const lines of readJournal(join(this.#folder, run, 'journal.jsonl'), JOURNAL_BYTES)) {
      found ||= lines.length > 0;
      for (const { at, ...line } of lines) {
        // A journal also says when it was opened and resumed, and may be of a version that had other events.
        const event = runEventSchema.safeParse(line);
        if (event.success) told.push({ type: 'run', seq: 0, run, at: String(at), event: event.data });
      }
    }
    if (!found) throw notARun(run);
    return told;
  }

  /** One run. @param running whether it is under way here; @throws Refused 404 */
  async describe(run: string, running: boolean): Promise<RunAlone> {
    checkId(run);
    const described = await this.#describe(run, running);
    if (described !== undefined) return described;
    throw notARun(run);
  }

  async #describe(run: string, running: boolean): Promise<RunAlone | undefined> {
    const record = running ? undefined : await this.record(run).catch(() => undefined);
    if (record !== undefined) {
      const { name, status, size, seed, startedAt, seconds, executed, cached, expectations } = record;
      return {
        run,
        graph: name,
        status,
        size,
        seed,
        startedAt,
        seconds,
        executed,
        cached,
        expectations:
          expectations.length === 0
            ? null
            : { held: expectations.filter(({ holds }) => holds).length, of: expectations.length },
      };
    }
    const journal = readJournal(join(this.#folder, run, 'journal.jsonl'), JOURNAL_BYTES, STANDING);
    const lines: Record<string, unknown>[] = [];
    for await (const some of journal) lines.push(...some);
    const started = lines.find(({ type }) => type === 'run-started') as
      { graph: string; size: string; seed: number; at: string } | undefined;
    if (started === undefined) return undefined;
    const finished = lines.findLast(({ type }) => type === 'run-finished') as
      { status: RunAlone['status']; seconds: number; executed: number; cached: number } | undefined;
    const opened = lines.findLast(({ type }) => type === 'opened' || type === 'resumed') as
      { pid?: unknown } | undefined;
    const alive = running || (typeof opened?.pid === 'number' && opened.pid !== process.pid && isAlive(opened.pid));
    const { graph, size, seed, at } = started;
    return {
      run,
      graph,
      status: running ? 'running' : (finished?.status ?? (alive ? 'running' : 'interrupted')),
      size,
      seed,
      startedAt: at,
      seconds: finished?.seconds ?? null,
      executed: finished?.executed ?? null,
      cached: finished?.cached ?? null,
      expectations: null,
    };
  }
}

function notARun(run: string): Refused {
  return new Refused(404, {
    code: 'gateway.not-found',
    where: `runs.${run}`,
    expected: 'a run of this project',
    got: 'none',
    remedy: 'look at the list of runs',
  });
}

function checkId(run: string): void {
  if (!runIdSchema.safeParse(run).success)
    throw new Refused(404, {
      code: 'gateway.not-found',
      where: 'runs',
      expected: 'the id of a run',
      got: `"${run.slice(0, 60)}"`,
      remedy: 'look at the list of runs',
    });
}
