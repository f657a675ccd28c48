import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
 * Node, every library of the workspace, and every package from outside that they are pinned to: what `run.json` states.
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
  return { node: process.versions.node, ...Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
