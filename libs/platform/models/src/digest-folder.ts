import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { sha256, writeFileAtomically } from '@soliloquy/artifacts';
import { ModelFault } from './model-fault.ts';

const remembered = z.record(
  z.string(),
  z.strictObject({ stamp: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
);
type Remembered = z.infer<typeof remembered>;

/** Digests kept: a model has some twenty files. */
const KEPT = 5000;

/** Deeper than this no model has folders. */
const DEEPEST = 6;

/**
 * The digest of a model's folder: sha256 over `<sha256 of a file> <its path>` of every file, in order of their paths.
 * Files and folders whose names begin with a dot do not count. Where the folder is, is no part of it.
 *
 * Gigabytes are hashed once: what a file's digest was is remembered in `memory` beside its size, times and inode.
 *
 * @param memory path of a file of this machine's state; it need not be there
 * @throws ModelFault `model.strange-file` where something in it is no file, or is a link that leads out of the folder
 */
export async function digestFolder(folder: string, memory: string): Promise<string> {
  const known = readMemory(memory);
  const root = await realpath(folder);
  const lines: string[] = [];
  let learned = false;
  for (const path of await filesOf(root)) {
    const place = join(root, path);
    const { size, mtimeMs, ctimeMs, ino } = statSync(place);
    const stamp = [size, mtimeMs, ctimeMs, ino].join(' ');
    const before = Object.hasOwn(known, place) ? known[place] : undefined;
    const digest = before?.stamp === stamp ? before.sha256 : await digestFile(place, 'sha256');
    if (before?.stamp !== stamp) {
      delete known[place];
      known[place] = { stamp, sha256: digest };
      learned = true;
    }
    lines.push(`${digest} ${path.split(sep).join('/')}\n`);
  }
  if (learned) await writeMemory(memory, known);
  return sha256(lines.join(''));
}

/** Digest of a file, read piece by piece: hex. */
export async function digestFile(path: string, algorithm: 'sha256' | 'md5', signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(path, { signal, highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Paths of the files of a folder, relative to it and sorted. */
async function filesOf(root: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const place = join(folder, entry.name);
      if (entry.isDirectory() && depth < DEEPEST) await look(place, depth + 1);
      else found.push(relative(root, await plainFile(root, place)));
    }
  };
  await look(root, 1);
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * A path in a folder that really is a file of it: who sends a model chooses what is read of it, and nothing else.
 *
 * @throws ModelFault `model.strange-file`
 */
async function plainFile(root: string, place: string): Promise<string> {
  const real = await realpath(place).catch(() => undefined);
  const [inside, home] = [real ?? place, await realpath(root)];
  const isFile = real !== undefined && statSync(real).isFile();
  if (isFile && inside.startsWith(`${home}${sep}`)) return place;
  throw new ModelFault({
    code: 'model.strange-file',
    where: place,
    expected: 'a file of the folder of the model',
    got: real === undefined ? 'none' : isFile ? `a link to ${real}` : 'something else',
    remedy: 'put the file itself there; a cache that keeps links has an option to copy (e.g. --local-dir)',
  });
}

function readMemory(path: string): Remembered {
  try {
    return remembered.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Nothing is lost with it but time.
    return {};
  }
}

async function writeMemory(path: string, known: Remembered): Promise<void> {
  const kept = Object.fromEntries(Object.entries(known).slice(-KEPT));
  await writeFileAtomically(path, `${JSON.stringify(kept)}\n`, { synced: false }).catch(() => undefined);
}
