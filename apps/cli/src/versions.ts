import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceCommit } from './source-commit.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The folder that holds apps, libs and graphs. */
export const INSTALLATION = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export function versionOfSoliloquy(): string {
  return readManifest(join(INSTALLATION, 'apps', 'cli', 'package.json')).version;
}

/**
 * Soliloquy (with the commit where it runs from its own checkout), Node, every library of the workspace, and every
 * package from outside that they are pinned to: what `run.json` states. Here and nowhere else: the results of tasks do
 * not depend on the commit.
 */
export function installedVersions(): Record<string, string> {
  const manifests = globSync(['apps/{cli,gateway}/package.json', 'libs/*/*/package.json', 'kernels/*/package.json'], {
    cwd: INSTALLATION,
  }).map((path) => readManifest(join(INSTALLATION, path)));
  const versions = new Map<string, string>();
  for (const { name, version, dependencies } of manifests) {
    versions.set(name, version);
    for (const [dependency, pinned] of Object.entries(dependencies ?? {}))
      if (!versions.has(dependency)) versions.set(dependency, pinned);
  }
  const commit = sourceCommit(INSTALLATION);
  return {
    soliloquy: versionOfSoliloquy(),
    ...(commit !== undefined && { commit }),
    node: process.versions.node,
    ...Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
