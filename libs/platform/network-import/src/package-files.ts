import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sha256 } from '@soliloquy/artifacts';
import { ImportError } from './import-error.ts';

/** An npm package whose files are known. */
export interface KnownPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of each file that is read, hex, by its path in the package. */
  readonly digests: Readonly<Record<string, string>>;
}

/**
 * A file of a package, whose bytes are those of the release.
 *
 * @param known package
 * @param file  its path in the package; one of `known.digests`
 * @param from  module whose dependency the package is (`import.meta.url`)
 * @throws ImportError `network.missing`, `network.version`, `network.altered`
 */
export async function readPackageFile(known: KnownPackage, file: string, from: string): Promise<Uint8Array> {
  const { name, version, digests } = known;
  const where = `${name}/${file}`;
  const folder = folderOf(name, from);
  if (folder === undefined) throw missing(name, `${name}@${version}`, 'none that is installed');
  const installed = await versionIn(folder);
  if (installed !== version)
    throw new ImportError({
      code: 'network.version',
      where: name,
      expected: `version ${version}`,
      got: installed ?? 'a package without a version',
      remedy: 'run npm ci',
    });
  const bytes = await readFile(join(folder, file)).catch(() => undefined);
  if (bytes === undefined) throw missing(where, `a file of ${name}@${version}`, 'none');
  const digest = sha256(bytes);
  if (digest === digests[file]) return bytes;
  throw new ImportError({
    code: 'network.altered',
    where,
    expected: `the released file, SHA-256 ${digests[file]?.slice(0, 16)}…`,
    got: `${bytes.length} bytes, SHA-256 ${digest.slice(0, 16)}…`,
    remedy: `install ${name} again: delete node_modules/${name}, then run npm ci`,
  });
}

function missing(where: string, expected: string, got: string): ImportError {
  return new ImportError({ code: 'network.missing', where, expected, got, remedy: 'run npm ci' });
}

/** The package's folder, whatever its package.json exports; undefined where it is not installed. */
function folderOf(name: string, from: string): string | undefined {
  const places = createRequire(from).resolve.paths(name) ?? [];
  for (const place of places) {
    const folder = join(place, name);
    try {
      return dirname(createRequire(from).resolve(join(folder, 'package.json')));
    } catch {
      continue;
    }
  }
  return undefined;
}

async function versionIn(folder: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
