import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { configFault } from '@soliloquy/runner';

/**
 * Writes new files into a project, all or none: nothing is overwritten, and no link leads out of the project.
 *
 * @param project its real path
 * @throws Fault `config.file-there`, `config.module-outside`
 */
export function writeNewFiles(project: string, files: Readonly<Record<string, string>>): void {
  for (const path of Object.keys(files)) {
    if (existsSync(join(project, path)))
      throw configFault({
        code: 'config.file-there',
        where: path,
        expected: 'no file of this name',
        got: 'one that is there',
        remedy: 'choose another name, or move it away',
      });
    const folder = nearestFolder(dirname(join(project, path)));
    const way = relative(project, realpathSync(folder));
    if (way.startsWith('..') || way.startsWith('/'))
      throw configFault({
        code: 'config.module-outside',
        where: path,
        expected: 'a folder of the project',
        got: `a link to ${realpathSync(folder)}`,
        remedy: 'remove the link',
      });
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    // `wx`: what came since is not overwritten either.
    writeFileSync(join(project, path), text, { flag: 'wx' });
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}
