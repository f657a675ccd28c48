import { constants } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import { readRegularFile } from '@soliloquy/artifacts';
import { LARGEST_GRAPH } from '@soliloquy/graph/limits';
import { strangeness, writeWhole } from '@soliloquy/runner';
import { Refused } from './refusal.ts';

/** Folders in which no graphs are looked for. */
const PASSED_OVER = new Set(['node_modules', 'out', 'build', 'dist']);
const DEEPEST = 4;
/** A folder with more JSON files is one of data. */
const MOST_JSON = 2000;

/**
 * The files of a project, for a page that nobody vouches for: nothing outside the project's folder by real path, and no
 * hidden file.
 */
export class ProjectFiles {
  /** real path */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async open(folder: string): Promise<ProjectFiles> {
    return new ProjectFiles(await realpath(folder));
  }

  /**
   * The real path of a file that may be read, given relative to the project's folder.
   *
   * @throws Refused 403 outside the project, 404 when there is none
   */
  async resolveExisting(path: string): Promise<string> {
    return this.confine(this.#inside(path), path);
  }

  /** The real path of any existing file, wherever it was named. @throws as `resolveExisting` */
  async confine(path: string, named = path): Promise<string> {
    const real = await realpath(path).catch((cause: NodeJS.ErrnoException) => {
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: named,
        expected: 'a file of the project',
        got: `${cause.code === 'ENOENT' ? 'none' : cause.code}`,
        remedy: 'check the path',
      });
    });
    this.#checkInside(real, named);
    return real;
  }

  /**
   * The real path to write a file to, given relative to the project's folder; its folder must be there.
   *
   * @throws Refused 403 outside the project or over a link that leads out, 404 when there is no such folder
   */
  async resolveNew(path: string): Promise<string> {
    const wanted = this.#inside(path);
    const folder = await realpath(dirname(wanted)).catch(() => {
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: path,
        expected: 'a folder of the project',
        got: 'none',
        remedy: 'make it first',
      });
    });
    this.#checkInside(join(folder, 'x'), path);
    const target = join(folder, posix.basename(path));
    const real = await realpath(target).catch(() => target);
    this.#checkInside(real, path);
    if (
      real === target &&
      (await lstat(target).then(
        (found) => found.isSymbolicLink(),
        () => false,
      ))
    )
      throw new Refused(403, {
        code: 'gateway.outside-project',
        where: path,
        expected: 'a file of the project',
        got: 'a link that leads nowhere',
        remedy: 'remove it',
      });
    return real;
  }

  /** Relative to the project, with `/`. */
  relative(path: string): string {
    return relative(this.root, path).split(sep).join('/');
  }

  /** A regular file's bytes, up to a size. @throws Refused 404, 413 */
  async read(path: string, most: number): Promise<Buffer> {
    return readRegularFile(path, most, constants.O_NOFOLLOW).catch((cause: NodeJS.ErrnoException) => {
      const where = this.relative(path);
      if (cause.code === 'EFBIG')
        throw new Refused(413, {
          code: 'gateway.too-large',
          where,
          expected: `up to ${most} bytes`,
          got: 'more',
          remedy: 'choose a smaller file',
        });
      const got = cause.code === 'ENOENT' ? 'none' : cause.code === 'ENOTREG' ? 'something else' : `${cause.code}`;
      throw new Refused(404, {
        code: 'gateway.not-found',
        where,
        expected: 'a file of the project',
        got,
        remedy: 'check the path',
      });
    });
  }

  /** Writes a file whole or not at all. @throws Refused 500 */
  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    await writeWhole(path, bytes).catch((failed: Error) => {
      throw new Refused(500, {
        code: 'gateway.unwritable',
        where: this.relative(path),
        expected: 'to write it',
        got: `${(failed.cause as NodeJS.ErrnoException).code}`,
        remedy: "free some space or mend the folder's rights",
      });
    });
  }

  /** JSON files of the project that could be graphs, by path. */
  async listJson(): Promise<string[]> {
    const found: string[] = [];
    const walk = async (folder: string, depth: number): Promise<void> => {
      if (found.length >= MOST_JSON) return;
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) continue;
        const path = join(folder, entry.name);
        if (entry.isDirectory() && depth < DEEPEST) await walk(path, depth + 1);
        else if (
          found.length < MOST_JSON &&
          entry.isFile() &&
          /\.json$/i.test(entry.name) &&
          (await stat(path)).size <= LARGEST_GRAPH
        )
          found.push(path);
      }
    };
    await walk(this.root, 1);
    return found.sort();
  }

  #inside(path: string): string {
    if (path === '' || isAbsolute(path) || path.includes('\0') || path.includes('\\')) throw outside(path);
    const wanted = resolve(this.root, path);
    this.#checkInside(wanted, path);
    return wanted;
  }

  #checkInside(path: string, named: string): void {
    const strange = strangeness(path, this.root);
    if (strange === 'one outside') throw outside(named);
    if (strange !== undefined)
      throw new Refused(403, {
        code: 'gateway.outside-project',
        where: named,
        expected: 'a file of the project',
        got: strange,
        remedy: 'choose another',
      });
  }
}

function outside(path: string): Refused {
  return new Refused(403, {
    code: 'gateway.outside-project',
    where: path.slice(0, 200),
    expected: "a path below the project's folder",
    got: 'one outside',
    remedy: 'copy the file into the project',
  });
}
