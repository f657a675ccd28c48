import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StageError } from '@soliloquy/stage';

/** Where a program leaves what it made. */
export interface ResultPlace {
  /** What messages call it. */
  readonly where: string;
  /** In which the patterns are. */
  readonly folder: string;
  /** Where its documentation says that it is: the first with a file counts. */
  readonly patterns: readonly string[];
  /** Where else it may be, under a name that nobody documented. */
  readonly elsewhere: readonly string[];
}

/**
 * The file that a program left: where its documentation says, or the one file elsewhere that can only be it.
 *
 * @returns its path, and whether it has another name than documented
 * @throws StageError `task.command-failed` when there is none, only an empty one, or when several may be meant
 */
export async function findResult(place: ResultPlace): Promise<{ path: string; isElsewhere: boolean }> {
  for (const pattern of place.patterns) {
    const found = await filesOf(place.folder, [pattern]);
    if (found.length > 0) return { path: found.at(-1) as string, isElsewhere: false };
  }
  const others = await filesOf(place.folder, place.elsewhere);
  if (others.length === 1) return { path: others[0], isElsewhere: true };
  throw new StageError({
    code: 'task.command-failed',
    where: place.where,
    expected: `its result at ${place.patterns.join(' or ')} in ${place.folder}`,
    got: others.length === 0 ? 'none' : `several files: ${others.slice(0, 4).join(', ')}`,
    remedy: 'run it by hand; the checkout may be at another commit than the one that was tested',
  });
}

/** Files with something in them, oldest first. */
async function filesOf(folder: string, patterns: readonly string[]): Promise<string[]> {
  const found: { path: string; at: number }[] = [];
  for (const pattern of patterns)
    for await (const name of glob(pattern, { cwd: folder })) {
      const path = join(folder, name);
      const about = await stat(path).catch(() => undefined);
      if (about?.isFile() && about.size > 0) found.push({ path, at: about.mtimeMs });
    }
  found.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1));
  return [...new Set(found.map(({ path }) => path))];
}
