import { join } from 'node:path';

/** Where a store in a folder keeps what: each of these has folders by the first two digits of a digest. */
export const STORE_FOLDERS = { contents: 'blobs', manifests: 'artifacts', results: 'results' } as const;

export function contentPath(root: string, digest: string): string {
  return join(root, STORE_FOLDERS.contents, digest.slice(0, 2), digest);
}

export function manifestPath(root: string, digest: string): string {
  return join(root, STORE_FOLDERS.manifests, digest.slice(0, 2), `${digest}.json`);
}

export function resultPath(root: string, taskKey: string): string {
  return join(root, STORE_FOLDERS.results, taskKey.slice(0, 2), `${taskKey}.json`);
}
