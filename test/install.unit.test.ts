import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

test('npm ci warns of nothing that a person cannot change', { timeout: 120_000 }, async () => {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  // As from a terminal: what `npm test` hands to its children is not of the project's `.npmrc`.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const { stderr } = await promisify(execFile)('npm', ['ci', '--dry-run'], {
    cwd,
    env,
    shell: process.platform === 'win32',
  });
  expect(stderr).toBe('');
});

/** Builds that nothing needs: cbor-x does the same without them, and their script may not run (`allowScripts`). */
const FASTER_ALONE = 'node_modules/cbor-extract';

describe('the lock file', () => {
  interface Locked {
    readonly version: string;
    readonly optional?: true;
    readonly os?: readonly string[];
    readonly cpu?: readonly string[];
    readonly libc?: readonly string[];
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  /** As Node looks for it: in the package's own folder, then in those above. */
  const lockedFor = (path: string, name: string): Locked | undefined => {
    for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
      const found = packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`];
      if (found !== undefined || at === '') return found;
    }
  };

  test('holds every build of every package that has builds, also those of other systems', () => {
    // npm forgets them where it writes the file beside an installed node_modules (npm/cli 4828).
    const wanted = Object.entries(packages)
      .filter(([path]) => path !== FASTER_ALONE)
      .flatMap(([path, { optionalDependencies = {} }]) =>
        Object.keys(optionalDependencies).map((name) => ({ path, name })),
      );
    expect(wanted.length).toBeGreaterThan(100);
    const lacking = wanted.filter(({ path, name }) => lockedFor(path, name)?.optional !== true);
    expect(lacking).toEqual([]);
  });

  test.each([
    ['darwin', 'x64', undefined],
    ['darwin', 'arm64', undefined],
    ['win32', 'x64', undefined],
    ['linux', 'x64', 'glibc'],
    ['linux', 'x64', 'musl'],
    ['linux', 'arm64', 'glibc'],
    ['linux', 'arm64', 'musl'],
  ])('has one build each of encoder, painter and picture reader for %s %s %s', (os, cpu, libc) => {
    for (const prefix of ['@napi-rs/webcodecs-', '@napi-rs/canvas-', '@img/sharp-libvips-']) {
      if (prefix.includes('libvips') && os === 'win32') continue; // that build holds it
      const fitting = Object.entries(packages).filter(
        ([path, locked]) =>
          path.startsWith(`node_modules/${prefix}`) &&
          locked.os?.includes(os) &&
          locked.cpu?.includes(cpu) &&
          locked.libc?.[0] === libc,
      );
      expect([prefix, ...fitting.map(([, { optional }]) => optional)]).toEqual([prefix, true]);
    }
  });
});
