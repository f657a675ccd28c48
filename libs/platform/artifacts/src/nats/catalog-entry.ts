import type { ArtifactFiles } from '@soliloquy/ports';
import type { ArtifactFile, ArtifactRef } from '../artifact-store.ts';
import { sha256 } from '../digest.ts';
import { manifestText, parseManifest } from '../manifest.ts';

/**
 * Files up to this size travel with their manifest: a request of its own for each would take longer than they do.
 * Bytes.
 */
const SMALL = 16 * 1024;
/** So many small ones at most: a message has a limit. Bytes. */
const ALL_SMALL = 128 * 1024;

/** What the catalog knows of an artifact. */
export interface CatalogEntry {
  readonly ref: ArtifactRef;
  /** Contents of the files that came with it, by name, verified. */
  readonly contents: ArtifactFiles;
  /** The others, which are in the object store. */
  readonly elsewhere: readonly ArtifactFile[];
}

/**
 * Which files of a manifest travel with it: the first small ones, as many as fit into a message.
 *
 * @param messageBytes the largest that the server takes
 */
export function smallFiles({ type, files }: ArtifactRef, messageBytes: number): ArtifactFile[] {
  return firstSmall(files, Math.min(ALL_SMALL, messageBytes - Buffer.byteLength(manifestText(type, files))));
}

function firstSmall(files: readonly ArtifactFile[], room: number): ArtifactFile[] {
  let all = 0;
  return files.filter(({ bytes }) => bytes <= SMALL && (all += bytes) <= room);
}

/** The manifest's text, which ends with its line, then the contents of `small`, in order. */
export function entryBytes(
  { type, files }: ArtifactRef,
  small: readonly ArtifactFile[],
  contents: ArtifactFiles,
): Uint8Array {
  return Buffer.concat([Buffer.from(manifestText(type, files)), ...small.map(({ name }) => contents[name])]);
}

/** @returns `undefined` for what does not fit the digest, or of which a content does not fit its own */
export function parseEntry(entry: Uint8Array, digest: string): CatalogEntry | undefined {
  const end = entry.indexOf(0x0a) + 1;
  const text = entry.subarray(0, end);
  if (sha256(text) !== digest) return undefined;
  const ref = parseManifest(new TextDecoder().decode(text), digest);
  // How many came is a matter of the server that took them: as many as there are bytes of.
  const small = firstSmall(ref.files, entry.length - end);
  const contents: Record<string, Uint8Array> = {};
  let at = end;
  for (const file of small) {
    const content = entry.subarray(at, at + file.bytes);
    if (sha256(content) !== file.digest) return undefined;
    contents[file.name] = content;
    at += file.bytes;
  }
  return at === entry.length
    ? { ref, contents, elsewhere: ref.files.filter((file) => !small.includes(file)) }
    : undefined;
}
