import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RECORD_FILE } from '@soliloquy/graph/limits';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Every file below a folder; none where there is none. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch {
    return [];
  }
}

/**
 * Reads a whole store as nothing of ours does: content by content, manifest by manifest, result by result.
 *
 * @param isCache of a cluster: a result may name artifacts that only the cluster has
 * @returns what is half-written or lost, one sentence each
 */
export function faultsOfStore(store: string, isCache = false): string[] {
  const faults: string[] = [];
  const blobs = new Set<string>();
  for (const path of filesBelow(join(store, 'blobs'))) {
    blobs.add(basename(path));
    if (sha256(readFileSync(path)) !== basename(path)) faults.push(`${path}: its content has another digest`);
  }
  const artifacts = new Set<string>();
  for (const path of filesBelow(join(store, 'artifacts'))) {
    const digest = basename(path, '.json');
    const text = readFileSync(path, 'utf8');
    if (sha256(text) !== digest) faults.push(`${path}: the manifest has another digest`);
    else {
      artifacts.add(digest);
      for (const file of (JSON.parse(text) as { files: { name: string; digest: string }[] }).files)
        if (!blobs.has(file.digest)) faults.push(`${path}: the content of ${file.name} is not there`);
    }
  }
  for (const path of filesBelow(join(store, 'results')))
    faults.push(...faultsOfResult(path, isCache ? undefined : artifacts));
  for (const path of filesBelow(join(store, 'corrupted'))) faults.push(`${path}: was found damaged`);
  return faults;
}

function faultsOfResult(path: string, artifacts: ReadonlySet<string> | undefined): string[] {
  type Output = { digest: string } | { digest: string }[] | null;
  const text = readFileSync(path, 'utf8');
  const body = /^\{"sha256":"[0-9a-f]{64}","result":(.*)\}\n$/s.exec(text)?.[1];
  if (body === undefined || !text.startsWith(`{"sha256":"${sha256(body)}"`))
    return [`${path}: the result is not whole`];
  const { outputs } = JSON.parse(body) as { outputs: Record<string, Output> };
  return Object.values(outputs)
    .flatMap((output) => output ?? [])
    .filter(({ digest }) => artifacts?.has(digest) === false)
    .map(({ digest }) => `${path}: its artifact ${digest} is not there`);
}

/** The digest of every output in a run's folder; `run.json` holds the clock. */
export function digestsOfFiles(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesBelow(folder)
      .filter((path) => basename(path) !== RECORD_FILE)
      .map((path) => [path.slice(folder.length + 1), sha256(readFileSync(path))]),
  );
}
