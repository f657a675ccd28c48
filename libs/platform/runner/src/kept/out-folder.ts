import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { makeFolder, readRegularFile, sha256, type ArtifactRef, type StoredOutputs } from '@soliloquy/artifacts';
import { RECORD_FILE } from '@soliloquy/graph/limits';
import type { Preview } from '@soliloquy/ports';
import { keepInside, type WritingRooms } from './keep-inside.ts';
import { OutputError } from './output-error.ts';

/**
 * Makes the folder and proves that a file can be written there, before hours of work find out that it cannot.
 *
 * @param option which option of the command names it
 * @param rooms folders that it may not lead out of, where it is named in one
 * @throws OutputError
 */
export async function proveWritable(folder: string, option = '--out', rooms?: WritingRooms): Promise<void> {
  if (rooms !== undefined) await keepInside(folder, rooms);
  const probe = temporaryFor(join(folder, 'probe'));
  try {
    await makeFolder(folder);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (cause) {
    throw new OutputError(
      {
        code: 'run.unwritable',
        where: option,
        expected: 'a folder that can be written',
        got: `${refusalWords(cause)} at ${folder}`,
        remedy: `choose another with ${option}`,
      },
      { cause },
    );
  }
}

/**
 * Writes a file whole or not at all: to a temporary name, synced, renamed.
 *
 * @throws OutputError
 */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = temporaryFor(path);
  try {
    await makeFolder(dirname(path));
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    const code = (cause as NodeJS.ErrnoException).code;
    throw new OutputError(
      {
        code: 'run.unwritable',
        where: path,
        expected: `to write ${bytes.length} bytes`,
        got: refusalWords(cause),
        remedy: code === 'ENOSPC' ? 'free some space' : 'choose another place',
      },
      { cause },
    );
  }
}

/** Of a `run.json` no more is read than this. Bytes. */
const RECORD_BYTES = 256 * 2 ** 20;
const writtenSchema = z.object({ files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)) });

/**
 * Outputs in the folder that earlier runs left, with the sha256 of what they wrote, as its `run.json` lists them: those
 * of the last run that finished, carried on by every run after it that did not.
 */
export async function formerOutputs(folder: string): Promise<Map<string, string>> {
  try {
    const text = (await readRegularFile(join(folder, RECORD_FILE), RECORD_BYTES, constants.O_NOFOLLOW)).toString(
      'utf8',
    );
    const { files } = writtenSchema.parse(JSON.parse(text));
    return new Map(
      Object.entries(files)
        .filter(([name]) => name === basename(name) && name !== RECORD_FILE)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  } catch {
    return new Map(); // None yet, or not ours.
  }
}

/**
 * Removes the outputs that an earlier run left here and this one did not make again, so that nobody takes them for its
 * own. A `run.json` may come from a stranger: what it names goes only if it is the very file that a run wrote, by its
 * digest, and no link.
 */
export async function removeFormerOutputs(folder: string, made: ReadonlySet<string>): Promise<void> {
  for (const [name, digest] of await formerOutputs(folder)) {
    const path = join(folder, name);
    if (
      made.has(name) ||
      !(await lstat(path).then(
        (found) => found.isFile(),
        () => false,
      ))
    )
      continue;
    const bytes = await readRegularFile(path, undefined, constants.O_NOFOLLOW).catch(() => undefined);
    if (bytes !== undefined && sha256(bytes) === digest) await rm(path, { force: true });
  }
}

/** What the operating system refused, in words where they say more than its code. */
function refusalWords(cause: unknown): string {
  const { code = 'an error' } = cause as NodeJS.ErrnoException;
  return { ENOSPC: 'a full disk (ENOSPC)', EROFS: 'a read-only disk (EROFS)' }[code] ?? code;
}

function temporaryFor(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
}

/** One file to write for an output of a graph. */
export interface OutputFile {
  readonly name: string;
  readonly ref: ArtifactRef;
  /** Which file of the artifact. */
  readonly file: string;
}

/**
 * Which files an output `clips.mp4: clips.video` comes to: one, or along axes one an element: `clips-0.mp4`,
 * `clips-0-1.mp4`. An axis of one element is not told: a graph of a single subject gives `film.mp4`.
 *
 * @param elements of the node, in order, with what each made
 */
export function outputFiles(
  name: string,
  port: string,
  elements: readonly {
    index: readonly number[];
    outputs: StoredOutputs;
    previews: Readonly<Record<string, Preview | readonly Preview[]>>;
  }[],
): OutputFile[] {
  const found = elements.flatMap(({ index, outputs, previews }) => {
    const stored = outputs[port] ?? null;
    if (stored === null) return [];
    if ('digest' in stored) return [{ ref: stored, at: index, preview: previews[port] as Preview | undefined }];
    return stored.map((ref, step) => ({
      ref,
      at: [...index, step],
      preview: (previews[port] as readonly Preview[] | undefined)?.[step],
    }));
  });
  const told = (found[0]?.at ?? []).map((first, axis) => found.some(({ at }) => at[axis] !== first));
  return found.map(({ ref, at, preview }) => ({
    name: withIndex(
      name,
      at.filter((_, axis) => told[axis]),
    ),
    ref,
    file: mainFile(ref, preview, name),
  }));
}

function withIndex(name: string, index: readonly number[]): string {
  if (index.length === 0) return name;
  const extension = extname(name);
  return `${name.slice(0, name.length - extension.length)}-${index.join('-')}${extension}`;
}

/** Its only file; else the one that shows it; else the first with the wanted ending. */
function mainFile(ref: ArtifactRef, preview: Preview | undefined, wanted: string): string {
  const names = ref.files.map(({ name }) => name);
  if (names.length === 1) return names[0];
  if (preview?.file !== undefined && names.includes(preview.file)) return preview.file;
  return names.find((name) => extname(name) === extname(wanted)) ?? names[0];
}
