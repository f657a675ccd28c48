import type { Inventory } from '@soliloquy/artifacts';
import { runFolders } from './run-folders.ts';

/** What changed so lately may belong to a run that is under way. ms */
const YOUNG_MS = 3600 * 1000;

/** How much of what no run names may stay. */
export interface Keeping {
  /** what is older goes; 0 when left out */
  readonly olderThanMs?: number;
  /** bytes of contents that may stay: the oldest go first. When left out, all that is old enough goes */
  readonly keepBytes?: number;
}

/** What can go, and what it frees at most. */
export interface Garbage {
  readonly artifacts: ReadonlySet<string>;
  readonly results: ReadonlySet<string>;
  /** of contents, of all artifacts that go; less is freed where others have some of them too */
  readonly bytes: number;
  /** bytes of all artifacts */
  readonly all: number;
}

/**
 * What no run of a state folder names, in its record or its journal, and what is older than an hour: a run that is
 * under way reads and writes what is younger, and makes again what it misses.
 */
export async function garbageOf(
  stateFolder: string,
  inventory: Inventory,
  { olderThanMs = 0, keepBytes }: Keeping,
  now = Date.now(),
): Promise<Garbage> {
  const named = new Set<string>();
  for await (const { digests } of runFolders(stateFolder)) for (const digest of digests) named.add(digest);
  const before = now - Math.max(YOUNG_MS, olderThanMs);
  const unnamed: { readonly digest: string; readonly bytes: number; readonly changed: number }[] = [];
  let all = 0;
  for await (const { ref, changed } of inventory.artifacts()) {
    all += ref.bytes;
    if (!named.has(ref.digest) && changed.getTime() < before)
      unnamed.push({ digest: ref.digest, bytes: ref.bytes, changed: changed.getTime() });
  }
  unnamed.sort((a, b) => a.changed - b.changed);
  const artifacts = new Set<string>();
  let bytes = 0;
  for (const each of unnamed) {
    if (keepBytes !== undefined && all - bytes <= keepBytes) break;
    artifacts.add(each.digest);
    bytes += each.bytes;
  }
  const results = new Set<string>();
  for await (const { key, result, changed } of inventory.results())
    if (!named.has(key) && changed.getTime() < before && outputsGo(result.outputs, artifacts)) results.add(key);
  return { artifacts, results, bytes, all };
}

/** A result without its artifacts is none. */
function outputsGo(outputs: object, going: ReadonlySet<string>): boolean {
  return Object.values(outputs)
    .flat()
    .some((ref: { digest: string } | null) => ref !== null && going.has(ref.digest));
}

/** Removes garbage, and what nothing names. @returns bytes that it freed */
export async function collectGarbage(inventory: Inventory, garbage: Garbage, now = Date.now()): Promise<number> {
  const { bytes } = await inventory.remove(garbage);
  return bytes + (await inventory.removeStray(new Date(now - YOUNG_MS)));
}
