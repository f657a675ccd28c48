import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTALLATION } from '../versions.ts';

/** What files of a project import, and what checks and tests them. */
const PACKAGES = ['zod', 'vitest', 'typescript', '@types/node'];
/** On Windows what npm puts there is a script that finds its program by where it lies itself: a link would not do. */
const PROGRAMS = process.platform === 'win32' ? [] : ['vitest', 'tsc'];

/**
 * Links the installation's packages into a project that does not find them, so that editor, `tsc` and vitest do. What
 * is there already stays. (Soliloquy itself needs no link.)
 *
 * @returns paths of the links, relative to the project
 */
export function linkPackages(project: string): string[] {
  const from = pathToFileURL(join(project, 'soliloquy.config.ts'));
  const finds = (name: string): boolean => {
    try {
      return findPackageJSON(name, from) !== undefined;
    } catch {
      return false;
    }
  };
  if (finds('@soliloquy/stage') && PACKAGES.every(finds)) return [];
  const modules = join(INSTALLATION, 'node_modules');
  const links = [
    '@soliloquy',
    ...PACKAGES.filter((name) => !finds(name)),
    ...PROGRAMS.map((name) => join('.bin', name)),
  ].filter((name) => existsSync(join(modules, name)) && !existsSync(join(project, 'node_modules', name)));
  for (const name of links) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    // Windows lets anyone make a junction, and links only those who may; Unix does not look at the kind.
    symlinkSync(join(modules, name), join(project, 'node_modules', name), 'junction');
  }
  return links.map((name) => join('node_modules', name));
}
