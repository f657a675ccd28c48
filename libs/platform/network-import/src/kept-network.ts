import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256, StoreError, writeFileAtomically } from '@soliloquy/artifacts';

/** Of the converter: another number converts everything again. */
const CONVERTER = 1;
/** Bytes of the digest that a kept file begins with. */
const DIGEST = 32;

/** What is converted, and where the result is kept. */
export interface Conversion {
  /** e.g. `pose-landmarks`; part of the file's name. */
  readonly name: string;
  /** SHA-256 of the source, hex. */
  readonly source: string;
  /** Folder of kept networks. */
  readonly folder: string;
  convert(): Promise<Uint8Array>;
}

/**
 * The converted network: as it was kept, else converted now and kept for the next time. A kept file that is damaged
 * is converted again. Two processes that convert at once both write the same bytes, each file whole or not at all.
 * Where nothing can be kept (a full disk, a home that may not be written to) it is converted each time.
 *
 * @returns the ONNX model's bytes
 */
export async function keptNetwork({ name, source, folder, convert }: Conversion): Promise<Uint8Array> {
  const key = sha256(`${CONVERTER} ${source}`).slice(0, 16);
  const path = join(folder, `${name}-${key}.onnx-kept`);
  const kept = await readKept(path);
  if (kept !== undefined) return kept;
  const made = await convert();
  try {
    await writeFileAtomically(path, Buffer.concat([digestOf(made), made]), { synced: false });
  } catch (error) {
    const isOfDisk = error instanceof StoreError || (error as NodeJS.ErrnoException).syscall !== undefined;
    if (!isOfDisk) throw error;
  }
  return made;
}

/** Undefined where there is none, or one that is not what was written. */
async function readKept(path: string): Promise<Uint8Array | undefined> {
  const file = await readFile(path).catch(() => undefined);
  if (file === undefined || file.length <= DIGEST) return undefined;
  const bytes = file.subarray(DIGEST);
  return digestOf(bytes).equals(file.subarray(0, DIGEST)) ? bytes : undefined;
}

function digestOf(bytes: Uint8Array): Buffer {
  return Buffer.from(sha256(bytes), 'hex');
}

/**
 * Where a person's converted networks are: `networks` in SOLILOQUY_HOME, else in `$XDG_CACHE_HOME/soliloquy`
 * (`~/.cache`, on Windows %LOCALAPPDATA%). They may be deleted at any time.
 */
export function networkFolder(): string {
  const { LOCALAPPDATA, SOLILOQUY_HOME, XDG_CACHE_HOME } = process.env;
  if (SOLILOQUY_HOME) return join(SOLILOQUY_HOME, 'networks');
  if (process.platform === 'win32')
    return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'soliloquy', 'networks');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'soliloquy', 'networks');
}
