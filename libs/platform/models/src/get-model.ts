import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { makeFolder } from '@soliloquy/artifacts';
import { digestFile } from './digest-folder.ts';
import { proveFetchable, type ModelEntry, type ModelFile } from './model-entry.ts';
import { ModelFault, type ModelFaultCode } from './model-fault.ts';

/** How a model is brought. */
export interface Getting {
  /** Where it goes. */
  readonly folder: string;
  /** Address of a host with `{model}` and `{path}`, from the person's configuration. */
  readonly host: string;
  readonly signal?: AbortSignal;
  /** How often a broken transfer is taken up again before it is given up. Default 3. */
  readonly attempts?: number;
  /** Told of each file: that it was here, how far it is, that it came. */
  readonly say?: (file: string, done: number, total: number) => void;
}

const ATTEMPTS = 3;
/** Bytes between two words on how far a file is. */
const TOLD_EVERY = 16 * 2 ** 20;

/** A file that can be checked. */
type Checkable = ModelFile & { readonly bytes: number; readonly digest: string };

/**
 * Brings the files of a model that are not here. A file is put in place only once its digest is right. What came of a
 * transfer that broke is kept as `.<name>.part`, which counts as no file, and the next one goes on from there. A disk
 * that is full, a wrong digest and a host that sends too much leave nothing.
 *
 * @returns paths of the files that came
 * @throws ModelFault `model.no-digest`, `model.disk-full`, `model.unreachable`, `model.wrong-digest`,
 *   `model.unwritable`; the signal's reason
 */
export async function getModel(entry: ModelEntry, getting: Getting): Promise<string[]> {
  proveFetchable(entry, getting.folder);
  const files = entry.files as Checkable[];
  const wanted: Checkable[] = [];
  for (const file of files)
    if (await isWhole(join(getting.folder, file.path), file, getting.signal)) getting.say?.(file.path, 1, 1);
    else wanted.push(file);
  if (wanted.length === 0) return [];
  await proveRoom(getting.folder, wanted);
  for (const file of wanted) await getFile(entry.name, file, getting);
  return wanted.map(({ path }) => path);
}

/** Whether a file is here as it was published. */
export async function isWhole(path: string, { bytes, digest }: ModelFile, signal?: AbortSignal): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || (bytes !== undefined && found.size !== bytes)) return false;
  return digest === undefined || (await digestAs(path, digest, signal)) === digest;
}

/** The digest of a file, in the notation of another: `md5:…` or `sha256:…`. */
async function digestAs(path: string, like: string, signal?: AbortSignal): Promise<string> {
  const algorithm = like.startsWith('md5:') ? 'md5' : 'sha256';
  return `${algorithm}:${await digestFile(path, algorithm, signal)}`;
}

/** Asked before the first byte, so that hours are not spent on what cannot end. */
async function proveRoom(folder: string, files: readonly Checkable[]): Promise<void> {
  await makeFolder(folder).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
  const { bavail, bsize } = await statfs(folder);
  const there = await Promise.all(files.map(({ path }) => sizeOf(partOf(join(folder, path)))));
  const needed = files.reduce((sum, { bytes }, index) => sum + bytes - Math.min(bytes, there[index] as number), 0);
  if (needed > bavail * bsize) throw diskFull(folder, needed, `${bavail * bsize} bytes free`);
}

async function getFile(model: string, file: Checkable, getting: Getting): Promise<void> {
  const target = join(getting.folder, file.path);
  const part = partOf(target);
  const attempts = getting.attempts ?? ATTEMPTS;
  const url = addressOf(model, file, getting.host);
  for (let attempt = 1; ; attempt++) {
    getting.signal?.throwIfAborted();
    try {
      await makeFolder(dirname(target));
      await transfer(url, part, file, getting);
      break;
    } catch (cause) {
      getting.signal?.throwIfAborted();
      if (cause instanceof ModelFault) throw cause;
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT') {
        await rm(part, { force: true });
        throw diskFull(target, file.bytes, `a full disk (${code})`, cause);
      }
      if ((cause as NodeJS.ErrnoException).syscall === 'open' || code === 'EACCES' || code === 'EROFS')
        throw unwritable(target, cause);
      if (attempt >= attempts) throw unreachable(url, wordsOf(cause), cause);
    }
  }
  await putInPlace(part, target, file, getting.signal);
  getting.say?.(file.path, file.bytes, file.bytes);
}

/** Takes a transfer up where the one before broke off. */
async function transfer(url: string, part: string, file: Checkable, getting: Getting): Promise<void> {
  const had = await sizeOf(part);
  if (had > file.bytes) await rm(part, { force: true });
  const from = had > file.bytes ? 0 : had;
  if (from === file.bytes && from > 0) return;
  const answer = await fetch(url, {
    headers: from > 0 ? { range: `bytes=${from}-` } : {},
    signal: getting.signal,
  });
  const start = startOf(answer, from);
  if (answer.body === null || start === undefined) {
    await answer.body?.cancel();
    throw unreachable(url, `status ${answer.status}`);
  }
  const output = await open(part, start === 0 ? 'w' : 'r+');
  let done = start;
  try {
    let told = done;
    for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
      if (done + piece.length > file.bytes) throw await tooMuch(url, part, file);
      for (let at = 0; at < piece.length;)
        at += (await output.write(piece, at, piece.length - at, done + at)).bytesWritten;
      done += piece.length;
      if (done - told >= TOLD_EVERY) getting.say?.(file.path, (told = done), file.bytes);
    }
    await output.sync();
  } finally {
    await output.close();
  }
  if (done < file.bytes) throw new Error(`the transfer ended after ${done} of ${file.bytes} bytes`);
}

/** Where the bytes of an answer begin; `undefined` where it is none that helps. */
function startOf(answer: Response, from: number): number | undefined {
  if (answer.status === 200) return 0;
  if (answer.status !== 206) return undefined;
  const [, start] = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '') ?? [];
  return Number(start) === from ? from : undefined;
}

async function putInPlace(part: string, target: string, file: Checkable, signal?: AbortSignal): Promise<void> {
  const got = await digestAs(part, file.digest, signal);
  if (got !== file.digest) {
    await rm(part, { force: true });
    throw new ModelFault({
      code: 'model.wrong-digest',
      where: target,
      expected: file.digest,
      got,
      remedy: 'nothing of it was kept; ask who keeps the host, or name another in your configuration',
    });
  }
  await rename(part, target).catch((cause: unknown) => {
    throw unwritable(target, cause);
  });
}

async function tooMuch(url: string, part: string, { bytes }: Checkable): Promise<ModelFault> {
  await rm(part, { force: true });
  return new ModelFault({
    code: 'model.wrong-digest',
    where: url,
    expected: `a file of ${bytes} bytes`,
    got: 'more',
    remedy: 'nothing of it was kept; ask who keeps the host, or name another in your configuration',
  });
}

/** `https://host/{model}/{path}` of a file. */
function addressOf(model: string, { path, at = path }: ModelFile, host: string): string {
  return host.replaceAll('{model}', model).replaceAll('{path}', at);
}

function partOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.part`);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function unreachable(url: string, got: string, cause?: unknown): ModelFault {
  const remedy = 'run it again to go on where it broke off, or correct modelHosts in your configuration';
  return fault('model.unreachable', { where: url, expected: 'the file', got, remedy }, cause);
}

function diskFull(where: string, bytes: number, got: string, cause?: unknown): ModelFault {
  const remedy = 'free some space, or name another folder under models in your configuration';
  return fault('model.disk-full', { where, expected: `room for ${bytes} bytes`, got, remedy }, cause);
}

function unwritable(where: string, cause: unknown): ModelFault {
  const remedy = 'allow it, or name another folder under models in your configuration';
  return fault('model.unwritable', { where, expected: 'a place to write to', got: wordsOf(cause), remedy }, cause);
}

interface Said {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

/** What fails while it is brought is no mistake of the call. */
function fault(code: ModelFaultCode, said: Said, cause: unknown): ModelFault {
  return new ModelFault({ code, phase: 'run', ...said }, { cause });
}

function wordsOf(thrown: unknown): string {
  const { code, message, cause } = thrown as NodeJS.ErrnoException & { cause?: { code?: string; message?: string } };
  return cause?.code ?? code ?? cause?.message ?? message;
}
