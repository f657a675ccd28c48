import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The commit that is checked out in a folder, as hex; undefined where the folder is no checkout itself, whatever lies
 * around it: an installed package in a person's repository has that person's commits above it, and none of ours. Read
 * from `.git`: no program is asked, and changes that are not committed are not seen.
 */
export function sourceCommit(root: string): string | undefined {
  const git = join(root, '.git');
  return existsSync(git) ? headOf(gitFolder(git, root)) : undefined;
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
