import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The commit that is checked out where this code lies, as hex, for the metadata of models; undefined where that is no
 * checkout (an installed package). Read from `.git`: no program is asked, and changes that are not committed are not
 * seen.
 *
 * @param from a file or folder in the checkout; default this file
 */
export function sourceCommit(from: string = fileURLToPath(import.meta.url)): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const git = join(folder, '.git');
    if (existsSync(git)) return headOf(gitFolder(git, folder));
    if (dirname(folder) === folder) return undefined;
  }
}

/** In a worktree `.git` is a file that says where the folder is. */
function gitFolder(git: string, folder: string): string {
  return statSync(git).isDirectory()
    ? git
    : resolve(
        folder,
        readFileSync(git, 'utf8')
          .replace(/^gitdir: /, '')
          .trim(),
      );
}

function headOf(git: string): string | undefined {
  const head = readText(join(git, 'HEAD'))?.trim() ?? '';
  if (!head.startsWith('ref: ')) return hexOf(head);
  const ref = head.slice('ref: '.length);
  const common = readText(join(git, 'commondir'));
  for (const folder of [git, ...(common === undefined ? [] : [resolve(git, common.trim())])]) {
    const loose = hexOf(readText(join(folder, ref))?.trim() ?? '');
    if (loose !== undefined) return loose;
    const packed = readText(join(folder, 'packed-refs'))
      ?.split('\n')
      .find((line) => line.endsWith(` ${ref}`));
    if (packed !== undefined) return hexOf(packed.split(' ')[0]);
  }
  return undefined;
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function hexOf(text: string): string | undefined {
  return /^[0-9a-f]{40,64}$/.test(text) ? text : undefined;
}
