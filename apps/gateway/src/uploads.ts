import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { readRegularFile, sha256 } from '@soliloquy/artifacts';
import { plainFileName, splitEnding } from '@soliloquy/ports';
import type { ProjectFiles } from './project-files.ts';
import type { Upload, UploadChunk, UploadRequest } from './protocol/index.ts';
import { Refused } from './refusal.ts';

/** A film of some minutes. Bytes. */
export const UPLOAD_BYTES = 512 * 2 ** 20;
/** In one request, before base64. Bytes. */
export const CHUNK_BYTES = 4 * 2 ** 20;
const MOST_AT_ONCE = 8;
const FOLDER = 'uploads';

interface Pending {
  readonly request: UploadRequest;
  readonly path: string;
  readonly file: FileHandle;
  received: number;
  done?: Upload['file'];
  busy: boolean;
}

/**
 * Files that are dropped on the page: announced with their size, sent in pieces, and put into the project's `uploads`
 * folder when whole.
 */
export class Uploads {
  readonly #files: ProjectFiles;
  readonly #pending = new Map<string, Pending>();

  constructor(files: ProjectFiles) {
    this.#files = files;
  }

  /** @throws Refused 413 */
  async begin(request: UploadRequest): Promise<Upload> {
    if (request.bytes > UPLOAD_BYTES)
      throw new Refused(413, {
        code: 'gateway.too-large',
        where: 'upload.bytes',
        expected: `up to ${UPLOAD_BYTES}`,
        got: `${request.bytes}`,
        remedy: "put the file into the project's folder yourself",
      });
    for (const [id, { done }] of this.#pending)
      if (done !== undefined || this.#pending.size >= MOST_AT_ONCE) await this.#forget(id);
    if (request.graph !== undefined) await this.#files.resolveExisting(request.graph);
    const folder = join(this.#files.root, FOLDER);
    await mkdir(folder, { recursive: true });
    await this.#files.confine(folder, FOLDER);
    const upload = randomBytes(12).toString('hex');
    const path = join(folder, `.${upload}.part`);
    this.#pending.set(upload, { request, path, file: await open(path, 'wx'), received: 0, busy: false });
    return this.#describe(upload);
  }

  /** @throws Refused 404, 409 out of order, 413 beyond what was announced */
  async receive(upload: string, { at, base64 }: UploadChunk): Promise<Upload> {
    const pending = this.#pending.get(upload);
    if (pending === undefined)
      throw new Refused(404, {
        code: 'gateway.not-found',
        where: 'upload',
        expected: 'one that was begun',
        got: 'another',
        remedy: 'begin again',
      });
    if (pending.busy || at !== pending.received || pending.done !== undefined)
      throw new Refused(409, {
        code: 'gateway.out-of-order',
        where: 'upload.at',
        expected: `${pending.received}`,
        got: `${at}`,
        remedy: 'send the pieces one after another',
      });
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length === 0 || bytes.length > CHUNK_BYTES || pending.received + bytes.length > pending.request.bytes) {
      await this.#forget(upload);
      throw new Refused(413, {
        code: 'gateway.too-large',
        where: 'upload',
        expected: `1 to ${Math.min(CHUNK_BYTES, pending.request.bytes - pending.received)} bytes`,
        got: `${bytes.length}`,
        remedy: 'begin again',
      });
    }
    pending.busy = true;
    try {
      await pending.file.write(bytes, 0, bytes.length, at);
      pending.received += bytes.length;
      if (pending.received === pending.request.bytes) pending.done = await this.#keep(pending);
    } finally {
      pending.busy = false;
    }
    return this.#describe(upload);
  }

  async close(): Promise<void> {
    for (const upload of [...this.#pending.keys()]) await this.#forget(upload);
  }

  /**
   * Under its own name, or, where another file has it, with a number; a file that is there already is not kept twice.
   */
  async #keep({ request, path, file }: Pending): Promise<NonNullable<Upload['file']>> {
    await file.sync();
    await file.close();
    const digest = sha256(await readFile(path));
    // macOS and Windows take `Face.JPG` and `face.jpg` for one name, whatever way its accents are written.
    const folded = (name: string): string => name.normalize('NFC').toLowerCase();
    const there = new Set((await readdir(join(this.#files.root, FOLDER))).map(folded));
    const [stem, ending] = splitEnding(plainFileName(request.name));
    for (let count = 1; ; count += 1) {
      const name = `${stem}${count === 1 ? '' : `-${count}`}${ending}`;
      const target = await this.#files.resolveNew(`${FOLDER}/${name}`);
      if (!there.has(folded(name))) await rename(path, target);
      else if ((await readRegularFile(target, UPLOAD_BYTES).then(sha256, () => '')) !== digest) continue;
      await rm(path, { force: true });
      const graphFolder =
        request.graph === undefined ? this.#files.root : dirname(await this.#files.resolveExisting(request.graph));
      return { path: `${FOLDER}/${name}`, given: relative(graphFolder, target).split(sep).join('/'), digest };
    }
  }

  async #forget(upload: string): Promise<void> {
    const pending = this.#pending.get(upload);
    this.#pending.delete(upload);
    await pending?.file.close().catch(() => {});
    if (pending) await rm(pending.path, { force: true });
  }

  #describe(upload: string): Upload {
    const { received, request, done } = this.#pending.get(upload) as Pending;
    return { upload, received, bytes: request.bytes, file: done ?? null };
  }
}
