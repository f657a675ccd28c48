import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What `package-lock.json` says of a package. */
interface Locked {
  readonly version: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

export interface LockedPackage {
  /** `name@version` */
  readonly name: string;
  readonly licence: string | undefined;
  /** It only builds and tests. */
  readonly isTool: boolean;
  /** Whether it is there at all depends on the platform. */
  readonly isOptional: boolean;
  /** Where it is installed, from the root. */
  readonly folder: string;
}

/** Every package that the lock file has, of whatever platform, by name; each version once. */
export function lockedPackages(root: string): LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const found = new Map<string, LockedPackage>();
  for (const [folder, locked] of Object.entries(packages)) {
    const at = folder.lastIndexOf('node_modules/');
    if (at < 0 || locked.link === true) continue;
    const name = `${folder.slice(at + 'node_modules/'.length)}@${locked.version}`;
    const next: LockedPackage = {
      name,
      licence: locked.license,
      isTool: locked.dev === true || locked.devOptional === true,
      isOptional: locked.optional === true || locked.devOptional === true,
      folder,
    };
    const before = found.get(name);
    // What one place needs always is needed always.
    if (before === undefined || (before.isTool && !next.isTool) || (before.isOptional && !next.isOptional))
      found.set(name, next);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const TEXTS = /^(licen[cs]e|copying|notice|third-?party)/i;

/** The texts that a package brings of its licence, as they are but for ends of lines. */
export function licenceTexts(root: string, { folder }: LockedPackage): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => TEXTS.test(name) && statSync(join(root, folder, name)).isFile())
    .sort()
    .map((name) =>
      readFileSync(join(root, folder, name), 'utf8')
        .replaceAll(/[ \t]*\r?\n/g, '\n')
        .trim(),
    );
}
