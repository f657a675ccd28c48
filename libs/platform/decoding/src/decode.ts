import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Fault } from '@soliloquy/fault';
import * as own from '@soliloquy/ports';
import type { ArtifactFiles, PortType, UserGiven } from '@soliloquy/ports';
import type { Answer, Job } from './child/jobs.ts';
import { LIMITS } from './limits.ts';
import { ProcessPool } from './process-pool.ts';
import { readGivenFile, UnreadableFile } from './unreadable-file.ts';

const pool = new ProcessPool(new URL('./child/program.ts', import.meta.url));

/** A file that a person gave. */
export interface GivenFile {
  readonly path: string;
  /** of `open`, besides reading */
  readonly flags?: number;
  /** a larger one is refused, bytes */
  readonly most: number;
}

/**
 * Reads a file as its port type says and gives the files of the artifact: in a process of its own within the type's
 * limits, or here what its type calls small.
 *
 * @param registryModule exports the stages that have the type, where the type is not one of `@soliloquy/ports`; such a
 *   type is read here when it is left out
 * @throws UnreadableFile, DecodingError, and the Fault that the type throws; Error where it throws another
 */
export async function decodeGiven(type: PortType, file: GivenFile, registryModule?: string): Promise<ArtifactFiles> {
  const { path, flags = 0, most } = file;
  const name = basename(path);
  const brought = !Object.values<unknown>(own).includes(type);
  const { hereBytes = brought && registryModule === undefined ? most : 0, ...limits } = type.giving ?? {};
  const bytes = hereBytes > 0 ? await readHere(file, Math.min(most, hereBytes)) : undefined;
  if (bytes !== undefined) return read(type, { kind: 'file', name, bytes });
  const about = { path, name, type: type.id, flags, most, ...(brought && { registryModule }) };
  return decode((folder) => ({ kind: 'given', folder, ...about }), name, { ...LIMITS, ...limits });
}

/** A text that a person typed, as the files of an artifact. @throws what the type throws */
export function decodeText(type: PortType, text: string): Promise<ArtifactFiles> {
  return read(type, { kind: 'text', text });
}

async function read(type: PortType, given: UserGiven): Promise<ArtifactFiles> {
  if (type.fromUser === undefined) throw new Error(`${type.id} cannot be given`);
  return type.encode(await type.fromUser(given));
}

/** `undefined` where it is larger than what is read here. @throws UnreadableFile */
function readHere({ path, flags, most }: GivenFile, here: number): Promise<Uint8Array | undefined> {
  return readGivenFile(path, here, flags).catch((unreadable: UnreadableFile) => {
    if (unreadable.code === 'EFBIG' && here < most) return undefined;
    throw unreadable;
  });
}

/**
 * A picture, or a film's first frame, as a PNG of at most so many pixels across.
 *
 * @throws UnreadableFile, DecodingError, MediaError as Fault
 */
export async function decodeThumbnail(path: string, name: string, film: boolean, width: number): Promise<Uint8Array> {
  const files = await decode((folder) => ({ kind: 'thumbnail', path, name, folder, film, width }), name, LIMITS);
  return files['thumbnail.png'];
}

/**
 * Starts the process beside what else takes time, where one of these paths will need it. A wrong guess costs a tenth of
 * a second of another core.
 */
export function warmDecoding(paths: Iterable<string>): void {
  for (const path of paths) if (/\.(wav|mp3|m4a|mp4|ogg|opus|flac|png|jpe?g|webp)$/i.test(path)) return pool.warm();
}

/** Answers come by files: a pipe between processes takes ten times as long, and this process's time. */
async function decode(jobIn: (folder: string) => Job, name: string, limits: typeof LIMITS): Promise<ArtifactFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'soliloquy-decoding-'));
  try {
    const answer = (await pool.ask(jobIn(folder), name, limits)) as Answer;
    if (answer.kind === 'fault') throw new Fault(answer.parts);
    if (answer.kind === 'unreadable') throw new UnreadableFile(answer.code);
    if (answer.kind === 'failed') throw new Error(answer.reason);
    const read = answer.files.map(async (file, place) => [file, await readFile(join(folder, String(place)))] as const);
    return Object.fromEntries(await Promise.all(read));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
