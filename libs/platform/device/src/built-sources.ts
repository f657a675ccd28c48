import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/*
 * What is built from sources (the kernels' WebAssembly, the notebook's page) lies in `build/` beside a list of its
 * files. By content: a checkout, a cache and a copy all change the times of files.
 */

/** In the folder `build` of a package. */
const LIST = 'sources.json';

/**
 * The text of `build/sources.json`: SHA-256 by path from the package's folder.
 *
 * @param folder of the package
 * @param files that its build reads; those of other packages too
 */
export function listSources(folder: string, files: readonly string[]): string {
  const rows = [...new Set(files.map((file) => relative(folder, resolve(folder, file)).split(sep).join('/')))]
    .sort()
    .map((path) => [path, digestOf(join(folder, path))]);
  return `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`;
}

/**
 * Why a package has to be built, e.g. `src/wasm/sort.as.ts changed`; undefined where what was built is of its sources.
 *
 * @param folder of the package
 */
export function staleBuild(folder: string): string | undefined {
  const list = join(folder, 'build', LIST);
  if (!existsSync(list)) return 'it is not built';
  const sources = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>;
  const changed = Object.keys(sources).find((path) => digestOf(join(folder, path)) !== sources[path]);
  return changed === undefined ? undefined : `${changed} changed`;
}

/** Empty where there is no such file. Line ends do not count: a checkout may translate them. */
function digestOf(path: string): string {
  if (!existsSync(path)) return '';
  return createHash('sha256').update(readFileSync(path, 'latin1').replaceAll('\r\n', '\n'), 'latin1').digest('hex');
}
