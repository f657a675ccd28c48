import { randomBytes } from 'node:crypto';
import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import canonicalize from 'canonicalize';
import { readRegularFile, readRegularFileSync, sha256 } from '@soliloquy/artifacts';
import type { RunEvent } from '../run/events.ts';
import { OutputError } from './output-error.ts';
import { RUNS_FOLDER } from './record-schema.ts';

const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Where a run keeps what happened in it: a file here, a stream in a cluster. */
export interface RunLog {
  readonly run: string;
  readonly resumed: boolean;
  append(event: RunEvent): void;
  /** After the last event. */
  close(): void | Promise<void>;
}

/** The first line of a journal, and one for each time that the run was taken up again. */
interface Opening {
  readonly type: 'opened' | 'resumed';
  readonly at: string;
  readonly identity: string;
  readonly pid: number;
}

/**
 * What happened in a run, one JSON line an event, appended as it happens: `runs/<id>/journal.jsonl`. Finished tasks are
 * in the store; the journal says which run they belong to, so that `--resume` continues it.
 */
export class Journal implements RunLog {
  readonly run: string;
  readonly resumed: boolean;
  readonly #file: number;

  private constructor(run: string, path: string, resumed: boolean, identity: string) {
    this.run = run;
    this.resumed = resumed;
    // A journal that somebody else put there may be a link to a file of the person's.
    this.#file = openSync(path, O_APPEND | O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), 0o666);
    this.#write({
      type: resumed ? 'resumed' : 'opened',
      at: new Date().toISOString(),
      identity,
      pid: process.pid,
    } satisfies Opening);
  }

  /**
   * @param folder of the project's state
   * @param identity of what is run, as `runIdentity` gives it
   * @param how continue the latest run of this identity that has not finished, if there is one; or the run of this id,
   *   which is begun where there is none
   * @throws OutputError when the folder cannot be written, e.g. on a full disk
   */
  static open(
    folder: string,
    identity: string,
    how: { readonly resume?: boolean; readonly run?: string } = {},
  ): Journal {
    const runs = join(folder, RUNS_FOLDER);
    const before =
      how.run !== undefined
        ? existsSync(join(runs, how.run, 'journal.jsonl'))
          ? how.run
          : undefined
        : how.resume
          ? findUnfinished(runs, identity)
          : undefined;
    const run = before ?? how.run ?? newRunId();
    try {
      mkdirSync(join(runs, run), { recursive: true });
      return new Journal(run, join(runs, run, 'journal.jsonl'), before !== undefined, identity);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
      throw new OutputError(
        {
          code: 'run.unwritable',
          where: runs,
          expected: 'room for the journal of a run',
          got: code === 'ENOSPC' ? 'a full disk (ENOSPC)' : code,
          remedy: 'free some space or put the store elsewhere (SOLILOQUY_HOME or --store)',
        },
        { cause },
      );
    }
  }

  /** Progress is too much and of no use afterwards: it is left out. */
  append(event: RunEvent): void {
    if (event.type !== 'task-progress') this.#write({ at: new Date().toISOString(), ...event });
  }

  close(): void {
    closeSync(this.#file);
  }

  /** A disk that is full must not end the run: the store will say so where it matters. */
  #write(line: object): void {
    try {
      writeSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch {
      return;
    }
  }
}

/** Two runs are the same, for `--resume`, when graph, settings, seed and inputs are. */
export function runIdentity(what: {
  document: unknown;
  size: string;
  set: Readonly<Record<string, string>>;
  seed: number;
  inputs: Readonly<Record<string, string>>;
}): string {
  return sha256(canonicalize(what) as string);
}

/** Sorts by time: `20261122-153005-1f3a`. */
export function newRunId(): string {
  const [date, time] = new Date().toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}

function findUnfinished(runs: string, identity: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(runs).sort().reverse();
  } catch {
    return undefined;
  }
  return names.find((name) => {
    const lines = readLines(join(runs, name, 'journal.jsonl'));
    const opening = lines[0] as Partial<Opening> | undefined;
    if (opening?.identity !== identity) return false;
    const last = lines.findLast((line) => line.type === 'opened' || line.type === 'resumed') as unknown as Opening;
    if (isAlive(last.pid)) return false;
    return !lines.some((line) => line.type === 'run-finished' && (line.status === 'done' || line.status === 'unmet'));
  });
}

/** The id of the latest run of these things that did not finish, if there is one: what `--resume` continues. */
export function unfinishedRun(folder: string, identity: string): string | undefined {
  return findUnfinished(join(folder, RUNS_FOLDER), identity);
}

/** Lines of a journal that are read at once: some milliseconds. */
const LINES_AT_ONCE = 2000;

/**
 * The lines of a journal, whoever wrote it, some at a time: others get their turn in between. A line that a crash cut
 * short is skipped; of a file that is larger than `most` bytes, or none that can be read, there are none.
 *
 * @param types of events that are wanted; the others are passed over without being parsed. All when left out
 */
export async function* readJournal(
  path: string,
  most: number,
  types?: readonly string[],
): AsyncGenerator<Record<string, unknown>[]> {
  const text = await readRegularFile(path, most).then(String, () => '');
  const marks = types?.map((type) => `"type":${JSON.stringify(type)}`);
  let lines: Record<string, unknown>[] = [];
  for (let [at, read] = [0, 1]; at < text.length; read += 1) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end === -1 ? undefined : end);
    if (marks === undefined || marks.some((mark) => line.includes(mark))) lines.push(...parsedLine(line));
    at = end === -1 ? text.length : end + 1;
    if (read % LINES_AT_ONCE !== 0) continue;
    yield lines;
    lines = [];
    await setImmediate();
  }
  yield lines;
}

function readLines(path: string): Record<string, unknown>[] {
  try {
    return readRegularFileSync(path).toString('utf8').split('\n').flatMap(parsedLine);
  } catch {
    return [];
  }
}

function parsedLine(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}

/** Whether another process of this machine has this pid. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
