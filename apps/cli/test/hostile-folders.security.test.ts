import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOSTILE_FOLDERS, SECRET } from '@soliloquy/testing';
import { freshProject, soliloquy } from './fixture/command.ts';

/** Every file below a folder, its bytes and when they were written. */
const everythingIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, `${statSync(path).mtimeMs} ${readFileSync(path, 'latin1')}`]),
  );

/** A folder of the person's beside the project of the stranger. */
function places(): { folder: string; home: string } {
  const both = freshProject();
  const [folder, home] = [join(both, 'project'), join(both, 'home')];
  mkdirSync(folder);
  mkdirSync(join(home, '.ssh'), { recursive: true });
  writeFileSync(join(home, 'secret.txt'), SECRET);
  writeFileSync(join(home, 'keep.txt'), 'mine');
  writeFileSync(join(home, '.ssh/authorized_keys'), 'my key');
  return { folder, home };
}

/** In the form of the house, whatever it complains of; what is shown of a run is no complaint. */
const FORM = /: expected .*, got .*/s;
const SAID_OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe.each(HOSTILE_FOLDERS.map((each) => [each.name, each.wants, each] as const))(
  'a folder with %s',
  (_name, wants, hostile) => {
    test(`does not get ${wants}`, { timeout: 60_000 }, async () => {
      const { folder, home } = places();
      hostile.fill(folder, home);
      const before = everythingIn(home);
      const { code, signal, stdout, stderr } = await soliloquy(folder, 'run', hostile.graph);
      expect(signal).toBeNull();
      expect([0, 1, 2], stderr).toContain(code);
      if (code !== 0) expect(stderr).toMatch(FORM);
      expect(stdout + stderr).not.toMatch(/\n\s+at \S+ \(|TypeError|RangeError/);
      expect(stdout + stderr).not.toMatch(SAID_OBEYED);
      expect(stdout + stderr).not.toContain(SECRET);
      expect(everythingIn(home)).toEqual(before);
      expect(existsSync(join(home, 'ran'))).toBe(false);
      const written = ['out', '.soliloquy'].map((name) => join(folder, name)).filter((path) => existsSync(path));
      const links = written.filter((path) => !statSync(path).isDirectory());
      expect(links).toEqual([]);
      // Nothing of the person stands in what would be sent back.
      if (!hostile.name.startsWith('a link at') && !hostile.name.startsWith('a store'))
        expect(written.flatMap((path) => Object.values(everythingIn(path))).join('\n')).not.toContain(SECRET);
    });
  },
);
