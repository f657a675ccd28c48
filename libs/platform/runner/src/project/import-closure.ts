import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { findPackageJSON, isBuiltin } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { sha256 } from '@soliloquy/artifacts';
import { configFault } from './config-fault.ts';
import { sourceReferences, type SourceReferences } from './source-references.ts';

/** One file of a project that would be run or read. */
export interface ClosureFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  /** sha256 of its bytes, hex */
  readonly digest: string;
}

/** All that running a file of a project loads from there, as far as texts tell; nothing of it has run. */
export interface ImportClosure {
  /** The project's folder, real. */
  readonly root: string;
  /** Sorted by path. */
  readonly files: readonly ClosureFile[];
  /** `name version` of packages that are no part of Soliloquy, sorted. Their files are not looked at. */
  readonly packages: readonly string[];
  /** Files that load modules by computed names: such a module runs only if it is among `files` for another reason. */
  readonly computed: readonly string[];
  /** sha256 over files and packages, hex */
  readonly digest: string;
}

/** More than this is no configuration, but a mistake (or a trap). */
const MOST_FILES = 2000;
const MOST_BYTES = 64 * 2 ** 20;
const EXTENSIONS = ['', '.ts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];

/** What modules of a project get from the installation, whatever lies in the project. */
export function isOfInstallation(specifier: string): boolean {
  return specifier.startsWith('@soliloquy/') || specifier === 'zod' || specifier.startsWith('zod/');
}

/**
 * Follows what a file may load, without running any of it.
 *
 * @param root the project's folder; no file outside it (by its real path) may be named
 * @param entry path of the file
 * @param paths whether strings in `entry` that look like paths count (a configuration names its modules so)
 * @throws Fault `config.module-outside`, `config.too-much`
 */
export function importClosure(root: string, entry: string, paths = false): ImportClosure {
  const real = realpathSync(root);
  const files = new Map<string, ClosureFile>();
  const packages = new Set<string>();
  const computed: string[] = [];
  const waiting = [realpathSync(entry)];
  let bytes = 0;
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const name = nameIn(real, path);
    if (files.has(name)) continue;
    const content = readFileSync(path);
    bytes += content.length;
    if (files.size >= MOST_FILES || bytes > MOST_BYTES) throw tooMuch(name);
    files.set(name, { path: name, digest: sha256(content) });
    const found = sourceReferences(name, content.toString('utf8'), paths && files.size === 1);
    if (found.computed > 0) computed.push(name);
    for (const each of packageVersions(found, path)) packages.add(each);
    for (const each of found.files) waiting.push(...existingFile(real, path, each));
    if (name.endsWith('.py')) waiting.push(...pythonFiles(real, dirname(path)));
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const named = [...packages].sort();
  const digest = sha256(JSON.stringify([sorted.map((file) => [file.path, file.digest]), named]));
  return { root: real, files: sorted, packages: named, computed: computed.sort(), digest };
}

/** Whether a real path lies in a folder. */
export function liesIn(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith(`..${sep}`) && way !== '..' && !isAbsolute(way);
}

function nameIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** The file that a specifier means, by its real path; none where it is not there: loading it will say so. */
function existingFile(root: string, from: string, specifier: string): string[] {
  const target = specifier.startsWith('file:')
    ? pathOfUrl(specifier)
    : resolve(dirname(from), specifier.split(/[?#]/)[0]);
  for (const extension of EXTENSIONS) {
    const stats = statSync(target + extension, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) continue;
    const real = realpathSync(target + extension);
    if (!liesIn(root, real)) throw outside(nameIn(root, from), root, `${specifier}, which is ${real}`);
    return [real];
  }
  return [];
}

/**
 * Whatever Python may import for a program of this folder: its folder comes first in Python's path, before Python's own
 * library, so that any file there may be loaded under any name.
 */
function pythonFiles(root: string, folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ entry, path }) => entry.isSymbolicLink() || (entry.isFile() && /\.(py|so|pyd)$/.test(path)))
    .flatMap(({ entry, path }) => {
      if (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
        throw outside(nameIn(root, path), root, `a link to the folder ${realpathSync(path)}`);
      return existingFile(root, join(folder, 'x'), `./${relative(folder, path)}`);
    });
}

function outside(where: string, root: string, got: string): Error {
  return configFault({
    code: 'config.module-outside',
    where,
    expected: `files in the folder of the project, ${root}`,
    got,
    remedy: 'copy it into the project, or make it a package',
  });
}

function pathOfUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch {
    return text;
  }
}

function packageVersions({ packages }: SourceReferences, from: string): string[] {
  return packages
    .filter((each) => !isBuiltin(each) && !isOfInstallation(each))
    .map((each) => {
      const name = each.split('/', each.startsWith('@') ? 2 : 1).join('/');
      return `${name} ${versionOf(name, from) ?? 'not found'}`;
    });
}

function versionOf(name: string, from: string): string | undefined {
  try {
    const path = findPackageJSON(name, pathToFileURL(from));
    return path === undefined
      ? undefined
      : String((JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }).version);
  } catch {
    return undefined;
  }
}

function tooMuch(name: string): Error {
  return configFault({
    code: 'config.too-much',
    where: name,
    expected: `at most ${MOST_FILES} files and ${MOST_BYTES / 2 ** 20} MiB that a configuration loads`,
    got: 'more',
    remedy: 'load large files when a task runs, by a param of type file',
  });
}

/** The files of one closure that another has not, or has otherwise. */
export function changedFiles(before: readonly ClosureFile[], now: readonly ClosureFile[]): string[] {
  const known = new Map(before.map(({ path, digest }) => [path, digest]));
  const fresh = now.filter(({ path, digest }) => known.get(path) !== digest).map(({ path }) => path);
  const gone = before.filter(({ path }) => !now.some((file) => file.path === path)).map(({ path }) => path);
  return [...fresh, ...gone].sort();
}

/** The path of a file of a closure. */
export function pathIn({ root }: ImportClosure, { path }: ClosureFile): string {
  return join(root, path);
}

/** One digest of several, whatever their order; of one, itself. */
export function combineDigests(digests: readonly string[]): string {
  const distinct = [...new Set(digests)].sort();
  return distinct.length === 1 ? distinct[0] : sha256(distinct.join());
}
