import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readRegularFile } from '@soliloquy/artifacts';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import { isAlive, readJournal } from './journal.ts';
import { digestsIn } from './lineage.ts';
import { runRecordSchema, RUNS_FOLDER } from './record-schema.ts';

/** Of a larger journal nothing is read. Bytes. */
const LARGEST = 2 ** 30;

/** What a run left in the state folder. */
export interface RunFolder {
  readonly run: string;
  readonly stateFolder: string;
  /** Whether a process that lives is at it. */
  readonly underWay: boolean;
  /** Every digest that its record or its journal names: of artifacts, task keys, files. */
  readonly digests: ReadonlySet<string>;
  /** what it was given, as its record says: a file's path, or for words the words themselves */
  readonly inputs: readonly { readonly path: string; readonly digest: string }[];
  /** files that it wrote, where they lay then, and their sha256 */
  readonly files: readonly { readonly path: string; readonly digest: string }[];
}

/** All runs of a state folder, those too that did not come to a record. */
export async function* runFolders(stateFolder: string): AsyncIterable<RunFolder> {
  for (const run of (await readdir(join(stateFolder, RUNS_FOLDER)).catch(() => [])).sort())
    yield await runFolder(stateFolder, run);
}

async function runFolder(stateFolder: string, run: string): Promise<RunFolder> {
  const folder = join(stateFolder, RUNS_FOLDER, run);
  const journalPath = join(folder, 'journal.jsonl');
  const [text, journal] = await Promise.all(
    [join(folder, RECORD_FILE), journalPath].map((path) => readRegularFile(path, LARGEST).then(String, () => '')),
  );
  let [pid, underWay]: [number | undefined, boolean] = [undefined, false];
  let out: string | undefined;
  const places = new Map<string, string>();
  for await (const lines of readJournal(journalPath, LARGEST, ['opened', 'resumed', 'output-written', 'run-finished']))
    for (const line of lines) {
      if (typeof line.path === 'string') places.set(String(line.name), line.path);
      underWay = line.type !== 'run-finished';
      if (typeof line.pid === 'number') pid = line.pid;
      if (line.type === 'run-finished' && typeof line.record === 'string') out = resolve(line.record, '..');
    }
  const record = recordIn(text);
  return {
    run,
    stateFolder,
    underWay: underWay && pid !== undefined && (pid === process.pid || isAlive(pid)),
    digests: digestsIn(text + journal),
    inputs: Object.values(record?.inputs ?? {}).map(({ type, given, digest }) => ({
      path: resolve(type === 'text' ? given.replace(/^@/, '') : given),
      digest,
    })),
    files:
      out === undefined
        ? []
        : Object.entries(record?.files ?? {}).map(([name, digest]) => ({ path: placeOf(name, places, out), digest })),
  };
}

/** Where a file of a run lay: its output's own place, what lies beside an output there too, else in the out folder. */
function placeOf(name: string, places: ReadonlyMap<string, string>, out: string): string {
  for (const [output, path] of places) if (name.startsWith(output)) return path + name.slice(output.length);
  return join(out, name);
}

function recordIn(text: string) {
  try {
    return runRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
