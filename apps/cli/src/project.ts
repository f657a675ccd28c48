import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readRegularFile } from '@soliloquy/artifacts';
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
import { LARGEST_GRAPH } from '@soliloquy/graph/limits';
import { CONFIG_NAMES, type WritingRooms } from '@soliloquy/runner';
import type { ParsedOptions } from './parse-options.ts';
import { complain } from './print.ts';
import { UsageError } from './usage-error.ts';
import { INSTALLATION } from './versions.ts';

/**
 * Reads a graph file's text.
 *
 * @throws UsageError when there is no such file or it is too large; InvalidGraph where it is no UTF-8
 */
export async function readGraphText(path: string): Promise<string> {
  const bytes = await readRegularFile(path, LARGEST_GRAPH).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      {
        code: 'usage.call',
        where: path,
        expected: cause.code === 'EFBIG' ? `a graph up to ${LARGEST_GRAPH / 2 ** 20} MiB` : 'a graph file',
        got: { ENOENT: 'none there', ENOTREG: 'something else', EFBIG: 'more' }[`${cause.code}`] ?? `${cause.code}`,
        remedy: 'check the path',
      },
      { cause },
    );
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
  for (const note of notes) complain(`${path}: ${note}\n`);
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
  for (const each of dropped) complain(`${each}\n`);
  return { document: doc, settings: { size: options.text('size'), set } };
}

/** The folder of caches and journals: `--store`, else SOLILOQUY_HOME, else `.soliloquy` beside the graph's project. */
export function stateFolderFor(graphPath: string, option: string | undefined): string {
  const told = option ?? process.env.SOLILOQUY_HOME;
  if (told !== undefined && told !== '') return resolve(told);
  return join(projectOf(dirname(resolve(graphPath))), '.soliloquy');
}

/**
 * Every state folder that may know what a person made from here: that of the working folder's project, and that of the
 * presets that `talk` runs. With `--store` that one alone.
 */
export function stateFoldersHere(option: string | undefined): string[] {
  const preset = join(INSTALLATION, 'graphs', 'talk.json');
  return [...new Set([HERE, preset].map((graph) => stateFolderFor(graph, option)))];
}

/** Stands for a graph of the working folder, where a command takes none: its project is the one. */
export const HERE = 'graph.json';

/** The folder of the project that a graph file belongs to. */
export function projectFolderFor(graphPath: string): string {
  return projectOf(dirname(resolve(graphPath)));
}

/** Nothing that is named in the working folder, or in a graph's project, is written out of them over a link. */
export function writingRooms(graphPath: string, option = '--out'): WritingRooms {
  return { folders: [process.cwd(), projectFolderFor(graphPath)], option };
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
