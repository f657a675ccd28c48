import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { contentType } from './serve-bytes.ts';

const COMPRESSED = /\.(html|js|css|json|svg|wasm)$/;

/**
 * The built page: all of its files, known when the gateway starts, so that no path of a request ever reaches the disk.
 */
export class PageFiles {
  readonly #files: ReadonlyMap<string, string>;
  readonly #packed = new Map<string, Promise<{ readonly plain: Uint8Array; readonly gzip?: Uint8Array }>>();

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
  }

  /** A folder that is not there has no files: the page is not built. */
  static async open(folder: string): Promise<PageFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return new PageFiles(
      new Map(
        entries
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => [`/${relative(folder, path).split(sep).join('/')}`, path]),
      ),
    );
  }

  get isBuilt(): boolean {
    return this.#files.has('/index.html');
  }

  /** The answer to a path; `undefined` for one that is no file of the page. */
  async serve(path: string, encodings: string | undefined): Promise<Response | undefined> {
    const name = path === '/' ? '/index.html' : path;
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    let packing = this.#packed.get(name);
    if (packing === undefined) this.#packed.set(name, (packing = pack(file)));
    const { plain, gzip: packed } = await packing;
    const zipped = packed !== undefined && /\bgzip\b/.test(encodings ?? '');
    const body = zipped ? packed : plain;
    return new Response(body as Uint8Array<ArrayBuffer>, {
      headers: {
        'content-type': contentType(name),
        'content-length': String(body.length),
        vary: 'accept-encoding',
        // Names of built files hold their content's hash.
        'cache-control': name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
        ...(zipped && { 'content-encoding': 'gzip' }),
      },
    });
  }
}

async function pack(file: string): Promise<{ plain: Uint8Array; gzip?: Uint8Array }> {
  const plain = await readFile(file);
  return COMPRESSED.test(file) ? { plain, gzip: await promisify(gzip)(plain, { level: 9 }) } : { plain };
}
