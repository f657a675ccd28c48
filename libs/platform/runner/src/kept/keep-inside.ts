import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { OutputError } from './output-error.ts';
import { RUNS_FOLDER } from './record-schema.ts';

/** Whether a path is that of a folder or lies in it. Both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Where a path really is: the real path of its deepest ancestor that is there, and the rest as it is named.
 *
 * @returns undefined where a link on the way leads nowhere: what is written there would make something elsewhere
 */
export async function realPlace(path: string): Promise<string | undefined> {
  let rest = '';
  for (let at = resolve(path); ; at = dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return join(real, rest);
    const there = await lstat(at).catch(() => undefined);
    if (there !== undefined || dirname(at) === at) return undefined;
    rest = join(basename(at), rest);
  }
}

/** Where a command or a page may write without that a person named the place. */
export interface WritingRooms {
  /** Folders; what is named below one must lie in one, whatever links a stranger put there. */
  readonly folders: readonly string[];
  /** The option that names another place, for messages. */
  readonly option: string;
}

/**
 * A path that is named below one of the folders really lies in one. A path elsewhere is the person's own choice.
 *
 * @throws OutputError `run.outside-project`
 */
export async function keepInside(path: string, { folders, option }: WritingRooms): Promise<void> {
  const real = await Promise.all(folders.map((folder) => realpath(folder).catch(() => resolve(folder))));
  const named = [...folders.map((folder) => resolve(folder)), ...real];
  const wanted = resolve(path);
  if (!named.some((folder) => isInside(wanted, folder))) return;
  const place = await realPlace(wanted);
  if (place !== undefined && real.some((folder) => isInside(place, folder))) return;
  throw new OutputError({
    code: 'run.outside-project',
    where: option,
    expected: 'a place in the project',
    got: `${wanted}, a link ${place === undefined ? 'that leads nowhere' : `to ${place}`}`,
    remedy: `remove the link, or name the place with ${option}`,
  });
}

/** Deeper than this a state folder has files alone, each of them named by what it holds or written by a rename. */
const DEEPEST = 3;

/**
 * The folder of a project's state lies in the project, and none of its folders is a link: they are made by the runner,
 * which makes none. Who sends a project may send its state too.
 *
 * @throws OutputError `run.outside-project`
 */
export async function keepStateInside(stateFolder: string, rooms: WritingRooms): Promise<void> {
  await keepInside(stateFolder, rooms);
  const wanted = resolve(stateFolder);
  if (!rooms.folders.some((folder) => isInside(wanted, resolve(folder)))) return;
  const look = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (entry.isSymbolicLink())
        throw new OutputError({
          code: 'run.outside-project',
          where: path,
          expected: 'a file or folder of the runner',
          got: 'a link',
          remedy: `remove it, or name another place with ${rooms.option}`,
        });
      // Thousands of runs; a journal is opened so that it follows no link, all else is put in place by a rename.
      if (entry.isDirectory() && depth < DEEPEST && basename(folder) !== RUNS_FOLDER) await look(path, depth + 1);
    }
  };
  await look(wanted, 1);
}
