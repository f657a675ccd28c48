import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  decodeGraphText,
  migrateGraph,
  parseGraph,
  parseSet,
  type GraphDocument,
  type InvalidGraph,
  type Settings,
  type StageRegistry,
} from '@soliloquy/graph';
import { withBackbones } from '@soliloquy/graph/edit';
import { CONFIG_NAMES } from '@soliloquy/runner';
import type { ParsedOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

const LARGEST_GRAPH = 16 * 2 ** 20;

/**
 * Reads a graph file's text.
 *
 * @throws UsageError when there is no such file or it is too large; InvalidGraph where it is no UTF-8
 */
export async function readGraphText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      {
        code: 'usage.call',
        where: path,
        expected: 'a graph file',
        got: `${cause.code === 'ENOENT' ? 'none there' : cause.code}`,
        remedy: 'check the path',
      },
      { cause },
    );
  });
  if (bytes.length > LARGEST_GRAPH)
    throw new UsageError({
      code: 'usage.call',
      where: path,
      expected: 'a graph up to 16 MiB',
      got: `${(bytes.length / 2 ** 20).toFixed(0)} MiB`,
      remedy: 'check the path',
    });
  return decodeGraphText(bytes, path);
}

/**
 * Reads a graph and brings it up to the installed stages; what was migrated is said on standard error.
 *
 * @throws UsageError, InvalidGraph
 */
export async function openGraph(path: string, registry: StageRegistry): Promise<GraphDocument> {
  const { doc, notes } = migrateGraph(parseGraph(await readGraphText(path), { path }), registry);
  for (const note of notes) process.stderr.write(`${path}: ${note}\n`);
  return doc;
}

/**
 * Opens a graph as `--size` and `--set` want it: `--set node.backbone=x` swaps a backbone in the document, all else is
 * left to the run; what a swap drops is said on standard error.
 *
 * @throws UsageError, InvalidGraph
 */
export async function openAsSet(
  path: string,
  registry: StageRegistry,
  options: ParsedOptions,
): Promise<{ document: GraphDocument; settings: Settings }> {
  const { doc, set, dropped } = withBackbones(
    await openGraph(path, registry),
    registry,
    parseSet(options.texts('set')),
  );
  for (const each of dropped) process.stderr.write(`${each}\n`);
  return { document: doc, settings: { size: options.text('size'), set } };
}

/** The folder of caches and journals: `--store`, else SOLILOQUY_HOME, else `.soliloquy` beside the graph's project. */
export function stateFolderFor(graphPath: string, option: string | undefined): string {
  const told = option ?? process.env.SOLILOQUY_HOME;
  if (told !== undefined && told !== '') return resolve(told);
  return join(projectOf(dirname(resolve(graphPath))), '.soliloquy');
}

/** The folder of the project that a graph file belongs to. */
export function projectFolderFor(graphPath: string): string {
  return projectOf(dirname(resolve(graphPath)));
}

const MARKS = [...CONFIG_NAMES, '.soliloquy', '.git', 'package.json'];

/**
 * The nearest folder upwards that is a project's: it has a configuration, a store, a repository or a package. Else the
 * graph's own.
 */
function projectOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (MARKS.some((name) => existsSync(join(at, name)))) return at;
    if (dirname(at) === at) return folder;
  }
}

/** All faults of an invalid graph, one line each with the file's name before those that do not carry it. */
export function faultsOf(path: string, error: InvalidGraph): string[] {
  return error.errors.map(({ message }) => (message.startsWith(path) ? message : `${path}: ${message}`));
}
